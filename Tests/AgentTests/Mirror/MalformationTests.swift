import SPOP
import Testing

@testable import Agent

@Suite("What is said of a message whose arguments are wrong")
struct MalformationTests {
    /// A message with these arguments: their names, and a type with its value.
    private static func payload(_ arguments: [(String, [UInt8])], messagesBefore: Int = 0) -> [UInt8] {
        var payload: [UInt8] = []
        for _ in 0..<messagesBefore {
            payload.appendString("other")
            payload.append(1)
            payload.appendString("arg_method")
            payload.append(0)
        }
        payload.appendString("mirror")
        payload.append(UInt8(arguments.count))
        for (name, value) in arguments {
            payload.appendString(name)
            payload += value
        }
        return payload
    }

    private static let method: [UInt8] = [8, 3] + "GET".utf8
    private static let path: [UInt8] = [8, 1] + "/".utf8

    @Test("arguments without names, or of other names")
    func missing() {
        for (arguments, text) in [
            ([], "no arg_method, no arg_path; the message has: none"),
            (
                [("", Self.method), ("", Self.path), ("", [0])],
                "no arg_method, no arg_path; the message has: 3 without a name"
            ),
            (
                [("method", Self.method), ("path", Self.path)],
                "no arg_method, no arg_path; the message has: method, path"
            ),
            (
                [("arg_method", Self.method), ("url", Self.path), ("", [0])],
                "no arg_path; the message has: arg_method, url, 1 without a name"
            ),
            ([("arg_path", Self.path)], "no arg_method; the message has: arg_path"),
            ([("arg_method", [0]), ("arg_path", Self.path)], "arg_method has no value"),
            ([("arg_method", [0]), ("arg_path", [0])], "arg_method has no value, arg_path has no value"),
            ([("arg_method", [0])], "arg_method has no value, no arg_path; the message has: arg_method"),
            (
                [("arg\nmethod\"", Self.method)],
                #"no arg_method, no arg_path; the message has: arg\x0amethod\x22"#
            ),
        ] as [([(String, [UInt8])], String)] {
            for before in [0, 3] {
                let payload = Self.payload(arguments, messagesBefore: before)
                #expect(PayloadBuilder.problem(of: payload) == text)
            }
        }
    }

    @Test("names of bytes that are no text take no more room", arguments: [[0] as [UInt8], [8, 1, 0x78]])
    func unprintable(value: [UInt8]) throws {
        let names = (0..<200).map { "\($0)" + String(repeating: "\u{1}", count: 60) }
        let text = try #require(PayloadBuilder.problem(of: Self.payload(names.map { ($0, value) })))
        #expect(text.utf8.count < 1500 && text.hasSuffix(" more"), "\(text)")
    }

    @Test("many names, and long ones, are cut")
    func many() throws {
        let long = String(repeating: "n", count: 20_000)
        let arguments = (0..<255).map { ("\($0)\(long.prefix($0 == 0 ? 20_000 : 3))", [0] as [UInt8]) }
        let text = try #require(PayloadBuilder.problem(of: Self.payload(arguments)))
        #expect(text.hasPrefix("no arg_method, no arg_path; the message has: 0nnn"))
        #expect(text.hasSuffix("n, 15nnn, 239 more"))
        #expect(text.utf8.count < 300)
        // The names that count may be behind those.
        let late = arguments.prefix(200) + [("arg_path", [0])]
        #expect(
            PayloadBuilder.problem(of: Self.payload(Array(late)))?.contains("arg_path has no value") == true)
    }

    @Test("arguments of a wrong type, each of them", arguments: 0..<8)
    func wrongTypes(_ position: Int) {
        let names = [
            "arg_method", "arg_path", "arg_ver", "arg_hdrs", "arg_body", "arg_size", "arg_whole", "arg_src",
        ]
        let right: [[UInt8]] = [
            Self.method, Self.path, Self.path, [9, 2, 0, 0], [9, 0], [3, 0], [0x11], [6, 1, 2, 3, 4],
        ]
        let wrong: [(type: [UInt8], text: String)] = [
            ([3, 7], "an integer"), ([0x11], "a boolean"), ([6, 1, 2, 3, 4], "an address"),
            ([8, 1, 0x2F], "a string"), ([9, 1, 0x2F], "a binary"),
        ]
        for (bytes, text) in wrong {
            var arguments = Array(zip(names, right))
            arguments[position].1 = bytes
            let payload = Self.payload(arguments)
            let requests = (try? PayloadBuilder.requests(in: payload.span.bytes)) ?? []
            guard let alone = requests.last, alone.hasWrongType else { continue }
            #expect(PayloadBuilder.problem(of: payload) == "\(names[position]) cannot be \(text)")
        }
        let both = Self.payload([("arg_method", [1]), ("arg_path", Self.path), ("arg_src", [1])])
        #expect(
            PayloadBuilder.problem(of: both) == "arg_method cannot be a boolean, arg_src cannot be a boolean")
    }

    @Test("headers that were encoded once more")
    func headers() {
        let text = "arg_hdrs does not decode: it must be req.hdrs_bin or req.hdrs"
        for block in [[8, 8] + Array("BGhvc3QA".utf8), [9, 4, 4, 0x68, 0x6F, 0x73]] as [[UInt8]] {
            let arguments = [("arg_method", Self.method), ("arg_path", Self.path), ("arg_hdrs", block)]
            #expect(PayloadBuilder.problem(of: Self.payload(arguments)) == text)
        }
    }
}
