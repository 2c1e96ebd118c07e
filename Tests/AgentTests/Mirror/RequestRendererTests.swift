import SPOP
import Testing

@testable import Agent

@Suite("Rendering a copy")
struct RequestRendererTests {
    @Test("what the client sent is kept, in its order", arguments: [false, true])
    func kept(_ usesText: Bool) throws {
        let copy = PayloadBuilder(
            method: "PROPFIND", path: "/a//b/../c;x={1}?q=[2]&r=%41",
            headers: [
                ("X-First", "1"), ("host", "shop.example"), ("x-dup", "a"), ("X-Dup", "b, c"),
                ("cookie", "a=1; b=2"),
            ],
            usesTextHeaders: usesText)
        let rendered = try copy.render()
        #expect(rendered.method == "PROPFIND")
        #expect(rendered.target == "/a//b/../c;x={1}?q=[2]&r=%41")
        #expect(
            rendered.headers == [
                "X-First: 1", "host: shop.example", "x-dup: a", "X-Dup: b, c", "cookie: a=1; b=2",
            ])
        #expect(rendered.body.isEmpty)
    }

    @Test(
        "targets",
        arguments: [
            ("GET", "/", "/", "/base/"), ("GET", "/x?y", "/x?y", "/base/x?y"),
            ("GET", "//x", "//x", "/base//x"),
            ("GET", "http://h/p?q", "/p?q", "/base/p?q"), ("GET", "https://h:8443", "/", "/base/"),
            ("GET", "http://h?q=/", "/?q=/", "/base/?q=/"), ("OPTIONS", "*", "*", "*"),
            ("OPTIONS", "http://h", "*", "*"),
            ("GET", "h:443", "h:443", "h:443"), ("GET", "/http://h/", "/http://h/", "/base/http://h/"),
            ("GET", "x+y-1.z://h/p", "/p", "/base/p"),
        ])
    func targets(_ method: String, _ path: String, _ plain: String, _ prefixed: String) throws {
        let copy = PayloadBuilder(method: method, path: path)
        #expect(try copy.render().target == plain)
        #expect(try copy.render(to: "http://mirror/base").target == prefixed)
        #expect(try copy.render(to: "http://mirror/base/").target == prefixed)
    }

    @Test("fields of the connection are left out, and no other that Connection names")
    func hopByHop() throws {
        let copy = PayloadBuilder(headers: [
            ("host", "h"), ("Connection", "close, Cookie, X-Attack ,te"), ("cookie", "a=1"),
            ("x-attack", "1"),
            ("Keep-Alive", "5"),
            ("Proxy-Connection", "close"), ("TE", "trailers"), ("Trailer", "x"), ("Upgrade", "h2c"),
            ("HTTP2-Settings", "AAMAAABk"), ("Expect", "100-continue"), ("connection", "host"),
            ("tex", "kept"),
        ])
        #expect(try copy.render().headers == ["host: h", "cookie: a=1", "x-attack: 1", "tex: kept"])
    }

    @Test(
        "TE is left out, but for trailers on the way to HTTP/2",
        arguments: [
            (["trailers"], ["te: trailers"]), ([" Trailers\t"], ["te: trailers"]), (["deflate"], []),
            ([""], []),
            (["trailers, deflate;q=0.5"], ["te: trailers"]), (["gzip , trailers"], ["te: trailers"]),
            ([",trailers,"], ["te: trailers"]), (["trailers;q=1"], []), (["trailersx", "xtrailers"], []),
            (["gzip", "trailers", "trailers"], ["te: trailers"]),
        ] as [([String], [String])])
    func trailers(_ values: [String], _ kept: [String]) throws {
        let copy = PayloadBuilder(
            headers: [("host", "h"), ("connection", "te")] + values.map { ("te", $0) } + [("x", "y")])
        #expect(try copy.render().headers == ["host: h", "x: y"])
        #expect(try copy.render(keepsTrailers: true).headers == ["host: h"] + kept + ["x: y"])
    }

    @Test(
        "which mirrors may be spoken to in HTTP/2",
        arguments: [
            (.http1, false, false), (.http2, false, true), (.http2PriorKnowledge, true, true),
        ] as [(TransportSettings.HTTPVersion, Bool, Bool)])
    func mayBeHTTP2(_ version: TransportSettings.HTTPVersion, _ inClearText: Bool, _ overTLS: Bool) throws {
        let settings = TransportSettings(httpVersion: version)
        #expect(try settings.mayBeHTTP2(to: MirrorURL("http://mirror/")) == inClearText)
        #expect(try settings.mayBeHTTP2(to: MirrorURL("https://mirror/")) == overTLS)
    }

    @Test("an empty value stays, in libcurl's spelling", arguments: ["", " ", "\t "])
    func emptyValue(_ value: String) throws {
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("x-empty", value)]).render().headers == [
                "host: h", "x-empty:",
            ])
    }

    @Test("bodies", arguments: ["POST", "GET", "DELETE", "PATCH"])
    func bodies(_ method: String) throws {
        let body: [UInt8] = [0, 13, 10, 255]
        let rendered = try PayloadBuilder(
            method: method, headers: [("host", "h"), ("Content-Length", "4"), ("x", "y")], body: body
        ).render()
        #expect(rendered.headers == ["host: h", "Content-Length: 4", "x: y"])
        #expect(rendered.body == body)
    }

    @Test("a body without a length gets one")
    func addedLength() throws {
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("transfer-encoding", "chunked")], body: [1, 2])
                .render().headers
                == ["host: h", "content-length: 2"])
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("transfer-encoding", "chunked")]).render().headers
                == ["host: h", "content-length: 0"])
        #expect(try PayloadBuilder(headers: [("host", "h")]).render().headers == ["host: h"])
    }

    @Test("Content-Length: 0 is kept, and sent once")
    func lengthZero() throws {
        let headers = [("host", "h"), ("content-length", "0"), ("content-length", "0")]
        #expect(
            try PayloadBuilder(method: "POST", headers: headers).render().headers == [
                "host: h", "content-length: 0",
            ])
    }

    @Test("two equal Hosts are one, as HAProxy makes of them", arguments: ["h:8", "H:8", " h:8\t"])
    func equalHosts(_ second: String) throws {
        let copy = PayloadBuilder(headers: [("a", "b"), ("host", "h:8"), ("Host", second), ("c", "d")])
        #expect(try copy.render().headers == ["a: b", "host: h:8", "c: d"])
        #expect(
            try copy.render(style: .init(host: .literal("qa"), mark: nil)).headers
                == ["a: b", "host: qa", "c: d"])
    }

    @Test("two different Hosts are not sent", arguments: ["h", "h:80", "", "evil.test", "h:8, h:8"])
    func differentHosts(_ second: String) throws {
        for values in [["h:8", second], [second, "h:8"], ["h:8", "h:8", second]] {
            for usesText in [false, true] {
                let copy = PayloadBuilder(headers: values.map { ("host", $0) }, usesTextHeaders: usesText)
                #expect(throws: Refusal.malformed(.hosts)) { try copy.render() }
                #expect(throws: Refusal.malformed(.hosts)) {
                    try copy.render(style: .init(host: .destination, mark: nil))
                }
            }
        }
    }

    @Test("a request without Host gets the mirror's")
    func host() throws {
        #expect(try PayloadBuilder(headers: []).render(to: "http://m:81/").headers == ["host: m:81"])
        #expect(try PayloadBuilder(headers: []).render(to: "https://m/").headers == ["host: m"])
    }

    @Test("a body shorter than declared is a truncated copy")
    func truncatedBody() {
        #expect(throws: Refusal.truncated(.notAwaited)) {
            try PayloadBuilder(headers: [("content-length", "65536")], body: [1, 2, 3]).render()
        }
        let full = PayloadBuilder(
            headers: [("content-length", "65536")], body: [UInt8](repeating: 1, count: 15_200))
        #expect(throws: Refusal.truncated(.bufferFull)) { try full.render() }
    }

    /// Copies, and what `show errors` says of them.
    static let malformed: [(PayloadBuilder, String)] = {
        func fields(_ fields: (String, String)...) -> PayloadBuilder { PayloadBuilder(headers: fields) }
        let noNumber = "Content-Length is no number of bytes: "
        let breaks = "arg_id has a line break or a NUL in it"
        return [
            (PayloadBuilder(method: "GET /x"), #"the method "GET /x" is no token"#),
            (PayloadBuilder(method: ""), "arg_method is empty"),
            (PayloadBuilder(method: "GET\r\nX: y"), #"the method "GET\x0d\x0aX: y" is no token"#),
            (PayloadBuilder(path: ""), "arg_path is empty"),
            (PayloadBuilder(path: "/a b"), "the target has a blank as its byte 3"),
            (PayloadBuilder(path: "/a\n"), "the target has a control character as its byte 3"),
            (PayloadBuilder(path: "\0/"), "the target has a control character as its byte 1"),
            (fields(("host", "h"), ("a\r", "b")), #"the field name "a\x0d" is no token"#),
            (fields(("a:b", "c")), #"the field name "a:b" is no token"#),
            (fields(("a;", "")), #"the field name "a;" is no token"#),
            (
                fields(("transfer-encoding ", "chunked")), #"the field name "transfer-encoding " is no token"#
            ),
            (fields(("a", "b"), ("\tc", "d")), #"the field name "\x09c" is no token"#),
            (
                fields((String(repeating: "\u{e9}", count: 40), "d")),
                #"the field name "\#(String(repeating: #"\xc3\xa9"#, count: 32))" is no token"#
            ),
            (
                PayloadBuilder(headers: [(String, String)](repeating: ("a", ""), count: 32_768)),
                "there are over 32767 fields"
            ),
            (
                fields(("a", "1"), ("a", "b\nc: d"), ("a", "2")),
                #"the value of the field "a" has a line feed in it"#
            ),
            (fields(("x-b", "b\r\n")), #"the value of the field "x-b" has a carriage return in it"#),
            (fields(("a", "b\0")), #"the value of the field "a" has a NUL in it"#),
            (
                fields(("a", "\u{B}")),
                #"the value of the field "a" has a vertical tab or form feed at its beginning"#
            ),
            (
                fields(("a", " \u{C}b")),
                #"the value of the field "a" has a vertical tab or form feed at its beginning"#
            ),
            (fields(("host", "h"), ("HOST", "i")), "there are two Host fields, and they differ"),
            (fields(("content-length", "1x")), noNumber + #""1x""#),
            (PayloadBuilder(headers: [("content-length", "+1")], body: [1]), noNumber + #""+1""#),
            (
                fields(("content-length", String(repeating: "9", count: 80))),
                noNumber + #""\#(String(repeating: "9", count: 64))""#
            ),
            (
                PayloadBuilder(headers: [("content-length", "1"), ("a", "b"), ("Content-Length", "2")]),
                #"there are two Content-Length: "1" and "2""#
            ),
            (
                fields(("content-length", "1"), ("Content-Length", "2x")), noNumber + #""2x""#
            ),
            (
                PayloadBuilder(headers: [("content-length", "1")], body: [1, 2]),
                "the body has 2 bytes, Content-Length says 1: is arg_body=req.body?"
            ),
            (
                PayloadBuilder(headers: [("content-length", "3")], body: [1, 2], isWhole: true),
                "the body is shorter than Content-Length says, and HAProxy had all of it: is arg_body=req.body?"
            ),
            (PayloadBuilder(id: "a\r\nb: c"), breaks), (PayloadBuilder(id: "a\0"), breaks),
        ]
    }()

    @Test("what cannot be sent as it is, is not sent, and said", arguments: malformed.indices)
    func isNotSent(_ index: Int) {
        var (builder, detail) = Self.malformed[index]
        #expect(PayloadBuilder.problem(of: builder.bytes) == detail)
        guard builder.headers.allSatisfy({ !$0.0.contains(":") && !$0.1.contains("\r\n") }) else { return }
        builder.usesTextHeaders = true
        // The text form is one of lines: blanks around a value are not in it.
        if !detail.hasSuffix("beginning") { #expect(PayloadBuilder.problem(of: builder.bytes) == detail) }
    }

    @Test("a head that libcurl would not send as it is, is not sent", arguments: [0, 1, 2])
    func longHead(_ part: Int) throws {
        func copy(_ count: Int) -> PayloadBuilder {
            let long = String(repeating: "a", count: count)
            return PayloadBuilder(
                method: part == 0 ? long : "GET", path: part == 1 ? "/\(long)" : "/",
                headers: [("host", "h")] + (part == 2 ? [("x", long)] : []))
        }
        #expect(throws: Refusal.tooLarge) { try copy(983_041).render() }
        #expect(try copy(982_000).render().headers.first == "host: h")
    }

    @Test("NULL is a sample that gave nothing")
    func nullArguments() throws {
        var payload: [UInt8] = []
        payload.appendString("mirror")
        payload.append(4)
        for (name, value) in [
            ("arg_method", [8, 1, 0x41]), ("arg_path", [8, 1, 0x2F]), ("arg_hdrs", [0]), ("arg_body", [0]),
        ]
            as [(String, [UInt8])]
        {
            payload.appendString(name)
            payload += value
        }
        let rendered = try PayloadBuilder.render(payload)
        #expect(rendered.method == "A")
        #expect(rendered.headers == ["host: mirror:1"])
    }

    @Test("Host as the operator wants it")
    func hostHeader() throws {
        let copy = PayloadBuilder(headers: [("a", "b"), ("Host", "shop.example"), ("c", "d")])
        #expect(
            try copy.render(style: .init(host: .destination, mark: nil)).headers == [
                "a: b", "Host: mirror:1", "c: d",
            ])
        #expect(
            try copy.render(style: .init(host: .literal("qa:8"), mark: nil)).headers == [
                "a: b", "Host: qa:8", "c: d",
            ])
        #expect(
            try PayloadBuilder(headers: []).render(style: .init(host: .literal("qa"), mark: nil)).headers == [
                "host: qa"
            ])
    }

    @Test("a truncated body as the operator wants it")
    func truncatedStyles() throws {
        let copy = PayloadBuilder(headers: [("host", "h"), ("content-length", "10")], body: [1, 2])
        let sent = try copy.render(style: .init(truncatedBody: .send, mark: nil))
        #expect(sent.headers == ["host: h", "content-length: 2", "X-Mirror-Truncated: 10"])
        #expect(sent.body == [1, 2])
        let headers = try copy.render(style: .init(truncatedBody: .headers, mark: nil))
        #expect(headers.headers == ["host: h", "content-length: 0", "X-Mirror-Truncated: 10"])
        #expect(headers.body.isEmpty)
    }

    @Test("a body of no declared length that fills HAProxy's buffer counts as cut off")
    func chunkedTruncation() throws {
        func copy(_ count: Int) -> PayloadBuilder {
            PayloadBuilder(
                headers: [("host", "h"), ("transfer-encoding", "chunked")],
                body: [UInt8](repeating: 1, count: count))
        }
        #expect(try copy(15_000).render().body.count == 15_000)
        #expect(throws: Refusal.truncated(.bufferFull)) { try copy(15_194).render() }
        let sent = try copy(15_194).render(style: .init(truncatedBody: .send, mark: nil))
        #expect(sent.headers == ["host: h", "content-length: 15194", "X-Mirror-Truncated: unknown"])
        #expect(
            try copy(15_194).render(style: .init(mark: nil, bufferSize: 32768)).body
                .count == 15_194)
        #expect(try copy(15_194).render(bufferSize: 32768).body.count == 15_194)
        let declared = PayloadBuilder(
            headers: [("host", "h"), ("content-length", "15194")], body: [UInt8](repeating: 1, count: 15_194))
        #expect(try declared.render().body.count == 15_194)
    }

    @Test("an empty id is none, and one that is not needed is not looked at")
    func oddIDs() throws {
        #expect(try PayloadBuilder(id: "").render().headers == ["host: shop.example"])
        let own = PayloadBuilder(headers: [("host", "h"), ("x-request-id", "mine")], id: "a\r\nb")
        #expect(try own.render().headers == ["host: h", "x-request-id: mine"])
    }

    @Test("the mark is added, and stops a copy of a copy")
    func mark() throws {
        #expect(
            try PayloadBuilder().render(style: .init()).headers == [
                "host: shop.example", "X-Mirrored-By: spoa-mirror",
            ])
        let copy = PayloadBuilder(headers: [("host", "h"), ("x-mirrored-BY", " spoa-mirror ")])
        #expect(throws: Refusal.loop) { try copy.render(style: .init()) }
        #expect(throws: Never.self) { try copy.render(style: .init(mark: nil)) }
        let other = PayloadBuilder(headers: [("host", "h"), ("x-mirrored-by", "another")])
        #expect(try other.render(style: .init()).headers.last == "X-Mirrored-By: spoa-mirror")
    }

    @Test(
        "the client's address is added to X-Forwarded-For, or creates it",
        arguments: [
            ([], ["X-Forwarded-For: 192.0.2.7"]), (["10.0.0.1"], ["x-forwarded-for: 10.0.0.1, 192.0.2.7"]),
            (
                ["10.0.0.1", "10.0.0.2"],
                ["x-forwarded-for: 10.0.0.1", "x-forwarded-for: 10.0.0.2, 192.0.2.7"]
            ),
            ([""], ["x-forwarded-for: 192.0.2.7"]),
        ] as [([String], [String])])
    func forwardedFor(_ present: [String], _ expected: [String]) throws {
        let copy = PayloadBuilder(
            headers: [("host", "h")] + present.map { ("x-forwarded-for", $0) }, source: [192, 0, 2, 7])
        #expect(try copy.render().headers == ["host: h"] + expected)
    }

    @Test func forwardedForIPv4() throws {
        for octet in UInt8.min...UInt8.max {
            let copy = try PayloadBuilder(source: [octet, 0, 255, octet]).render()
            #expect(copy.headers.last == "X-Forwarded-For: \(octet).0.255.\(octet)")
        }
    }

    @Test func forwardedForIPv6() throws {
        let address: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        #expect(try PayloadBuilder(source: address).render().headers.last == "X-Forwarded-For: 2001:db8::1")
        let longest = [UInt8](repeating: 0xFF, count: 16)
        #expect(
            try PayloadBuilder(source: longest).render().headers.last
                == "X-Forwarded-For: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
    }

    @Test("the request id is set where there is none")
    func requestID() throws {
        #expect(try PayloadBuilder(id: "abc-1").render().headers.last == "X-Request-ID: abc-1")
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("X-REQUEST-ID", "mine")], id: "abc-1").render()
                .headers
                == ["host: h", "X-REQUEST-ID: mine"])
    }

    @Test("random requests never trap, and are sent as they were or not at all")
    func random() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("abcXYZ012:/?#;, \r\n\0\t=\u{7F}é".utf8)
        func text(_ length: Int) -> String {
            String(
                decoding: (0..<length).map { _ in alphabet.randomElement(using: &generator)! }, as: UTF8.self)
        }
        for _ in 0..<5000 {
            let copy = PayloadBuilder(
                method: text(Int.random(in: 0...4, using: &generator)),
                path: "/" + text(Int.random(in: 0...20, using: &generator)),
                headers: (0..<Int.random(in: 0...5, using: &generator)).map { _ in (text(3), text(6)) })
            guard let rendered = try? copy.render() else {
                let text = PayloadBuilder.problem(of: copy.bytes) ?? ""
                #expect(!text.isEmpty && text.utf8.count < 600 && text.utf8.allSatisfy { 0x20...0x7E ~= $0 })
                continue
            }
            #expect(rendered.method == copy.method)
            #expect(rendered.target == copy.path)
            #expect(!rendered.headers.contains { $0.contains("\r") || $0.contains("\n") })
        }
    }
}
