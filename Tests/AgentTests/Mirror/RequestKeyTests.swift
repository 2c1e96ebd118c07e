import SPOP
import Testing

@testable import Agent

@Suite("What a sample by key finds in a request")
struct RequestKeyTests {
    /// The first of `keys` that the request has; nil when it has none.
    static func key(_ keys: String, _ builder: PayloadBuilder) throws -> String? {
        let payload = builder.bytes
        let request = try PayloadBuilder.first(in: payload)
        for part in try SampleKey(keys).parts {
            if let range = request.value(of: part, in: payload.span.bytes), !range.isEmpty {
                return String(decoding: payload[range], as: UTF8.self)
            }
        }
        return nil
    }

    private static func cookies(_ values: [String]) -> PayloadBuilder {
        PayloadBuilder(headers: [("host", "h")] + values.map { ("cookie", $0) })
    }

    @Test(
        "a cookie, as servers read it",
        arguments: [
            (["sid=1"], "1"), (["a=1; sid=2; b=3"], "2"), (["a=1;sid=2;b=3"], "2"),
            (["sid = 1 ; b=2"], "1"), (["\tsid\t=\t1\t;b"], "1"), (["sid=a b c"], "a b c"),
            (["sid=\"quoted\""], "\"quoted\""), (["sid=a=b=c"], "a=b=c"), (["sid=1; sid=2"], "1"),
            (["a=1", "b=2; sid=3", "sid=4"], "3"), (["a=sid=1; sid=2"], "2"), (["SID=1; sid=2"], "2"),
            (["xsid=1; sidx=2; sid=3"], "3"), (["sid; sid=4"], "4"), (["sid=%31"], "%31"),
            (["; ;;=; =x; sid=5;;"], "5"), (["sid=é"], "é"), (["$Version=1; sid=6; $Path=/"], "6"),
            (["sid=1,2"], "1,2"), (["sid=\u{1}\u{7f}"], "\u{1}\u{7f}"),
            ([], nil), ([""], nil), ([";"], nil), (["="], nil), (["sid"], nil), (["sid="], nil),
            (["sid= "], nil),
            (["sid=; sid=1"], nil), (["sid=", "sid=1"], nil), (["Sid=1"], nil), (["sid1"], nil),
            (["a=sid"], nil),
        ] as [([String], String?)])
    func cookie(_ values: [String], _ expected: String?) throws {
        var builder = Self.cookies(values)
        #expect(try Self.key("cookie:sid", builder) == expected)
        builder.usesTextHeaders = true
        #expect(try Self.key("cookie:sid", builder) == expected)
    }

    @Test("a field, whatever the case of its name, and the first of several")
    func header() throws {
        var builder = PayloadBuilder(
            headers: [
                ("X-SESSION", " \ta, b "), ("x-session", "c"), ("x-session-id", "d"), ("x-empty", " "),
                ("x-empty", "e"),
            ])
        for usesText in [false, true] {
            builder.usesTextHeaders = usesText
            #expect(try Self.key("header:x-session", builder) == "a, b")
            #expect(try Self.key("header:X-Session-ID", builder) == "d")
            for keys in ["header:x-empty", "header:x", "header:cookie"] {
                #expect(try Self.key(keys, builder) == nil, "\(keys)")
            }
            #expect(try Self.key("header:x-empty,header:X-session", builder) == "a, b", "goes on")
        }
    }

    @Test(
        "a parameter, as it stands in the target",
        arguments: [
            ("/?id=1", "1"), ("/p?a=1&id=2&id=3", "2"), ("?id=1", "1"), ("http://h/?id=1", "1"),
            ("http://h?id=1", "1"), ("/?id=a+%20b=c", "a+%20b=c"), ("/?id=1;x=2", "1;x=2"),
            ("/?id=1?id=2", "1?id=2"),
            ("/?id&id=4", "4"), ("/?&&=&id=5&", "5"), ("/?xid=1&idx=2&ID=3&id=4", "4"), ("/?id=1#id=2", "1"),
            ("/", nil), ("", nil), ("*", nil), ("/?", nil), ("/?id", nil), ("/?id=", nil),
            ("/?id=&id=1", nil),
            ("/#?id=1", nil), ("/?#id=1", nil), ("/id=1", nil), ("/?%69d=1", nil), ("/? id=1", nil),
        ] as [(String, String?)])
    func query(_ target: String, _ expected: String?) throws {
        #expect(try Self.key("query:id", PayloadBuilder(path: target)) == expected)
    }

    @Test("the address: IPv4 is the same where HAProxy listens for IPv6, too")
    func source() throws {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1]
        let others: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1],
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF, 192, 0, 2, 1],
            [0x20, 1, 13, 0xB8] + [UInt8](repeating: 0, count: 12), [192, 0, 2, 1],
        ]
        for (address, expected) in [(mapped, others[3])] + others.map({ ($0, $0) }) {
            let payload = PayloadBuilder(source: address).bytes
            let request = try PayloadBuilder.first(in: payload)
            let range = request.value(of: .source, in: payload.span.bytes) ?? 0..<0
            #expect(Array(payload[range]) == expected)
        }
        #expect(try Self.key("source", PayloadBuilder()) == nil)
    }

    @Test("the first that a request has, in the order of the list")
    func fallbacks() throws {
        let keys = "cookie:sid,header:x-user,query:id,source"
        var builder = PayloadBuilder(path: "/?id=q", source: [49, 50, 51, 52])
        #expect(try Self.key(keys, builder) == "q")
        builder.headers.append(("x-user", "h"))
        #expect(try Self.key(keys, builder) == "h")
        builder.headers.append(("cookie", "sid="))
        #expect(try Self.key(keys, builder) == "h", "a value of no bytes is none")
        builder.headers.append(("cookie", "sid=c"))
        #expect(try Self.key(keys, builder) == "h", "the first cookie of that name has none")
        #expect(try Self.key("source,cookie:sid", builder) == "1234")
        builder.source = nil
        builder.path = "/"
        builder.headers = []
        #expect(try Self.key(keys, builder) == nil)
    }

    @Test("fields that break off, or are more than are mirrored, have no key, and nothing traps")
    func hostile() throws {
        let whole = Self.cookies(["a=1; sid=2"]).bytes
        for end in 0..<whole.count {
            let payload = Array(whole[..<end])
            _ = try? PayloadBuilder.requests(in: payload.span.bytes).map {
                $0.value(of: .cookie(Array("sid".utf8)), in: payload.span.bytes)
            }
        }
        // The block as a whole decodes as an argument, and its inside does not.
        for block in [[1], [6] + Array("cookie".utf8) + [200], [0, 1, 0x78], [0xFF]] as [[UInt8]] {
            var payload: [UInt8] = []
            payload.appendString("mirror")
            payload.append(1)
            payload.appendString("arg_hdrs")
            payload += [9, UInt8(block.count)] + block
            let request = try PayloadBuilder.first(in: payload)
            for keys in ["cookie:sid", "header:x", "query:q", "source"] {
                for part in try SampleKey(keys).parts {
                    let value = request.value(of: part, in: payload.span.bytes)
                    #expect(value == nil)
                }
            }
        }
        let many = [(String, String)](repeating: ("a", ""), count: RequestPlan.mostFields)
        let last = [("cookie", "sid=1")]
        #expect(try Self.key("cookie:sid", PayloadBuilder(headers: many.dropLast() + last)) == "1")
        #expect(try Self.key("cookie:sid", PayloadBuilder(headers: many + last)) == nil)
    }
}
