import Testing

extension EndToEnd {
    /// What a HAProxy would have normalised or refused, straight over SPOP.
    @Suite("Fidelity: straight over SPOP")
    struct FidelityDirectTests {
        typealias Message = SPOPClient.Message

        /// A message, and the request line and fields of the copy, the mark left out.
        struct Row: Sendable {
            let rule: String
            let message: Message
            let startLine: String
            let fields: [HeaderField]

            init(
                _ rule: String, _ message: Message, _ startLine: String? = nil, _ fields: [HeaderField]? = nil
            ) {
                self.rule = rule
                self.message = message
                self.startLine = startLine ?? "\(message.method) \(message.target) HTTP/1.1"
                self.fields = fields ?? message.fields
            }
        }

        static let rows: [Row] = {
            let fields = FidelityRow.fields
            let mixed = [
                HeaderField("X-UPPER", "1"), HeaderField("HOST", "Shop.Example.test"),
                HeaderField("x-lower", "2"),
                HeaderField("X-Upper", ""), HeaderField("Accept", "a/b"),
                HeaderField("X-Bytes", "caf\u{e9}\u{80}\u{ff}"),
            ]
            var rows = [
                Row("name case is kept", Message(fields: mixed)),
                Row("name case is kept, text form", Message(fields: mixed, usesText: true)),
                Row(
                    "hop-by-hop fields in upper case",
                    Message(
                        fields: [HeaderField("Host", "h")]
                            + [
                                "CONNECTION: X-A, close", "x-a: 1", "TE: trailers", "EXPECT: 100-continue",
                                "X-B: 2",
                            ]
                            .flatMap { fields($0) }),
                    nil, fields("Host: h", "x-a: 1", "X-B: 2")),
                Row("blanks inside a value", Message(fields: fields("host: h", "x-a: a \t b"))),
                Row("no fields at all", Message(fields: []), nil, nil),
                Row("authority-form", Message(method: "connect", target: "www.example.test:443")),
                Row("bytes above 0x7f in the target", Message(target: "/caf\u{e9}?\u{80}=\u{ff}")),
                Row("number sign", Message(target: "/a#b?c")),
            ]
            for (target, copied) in [
                ("http://h/p?q", "/p?q"), ("HTTPS://h:8443", "/"), ("http://h?q=/x", "/?q=/x"),
                ("http://user@h:1//a/../b", "//a/../b"), ("ws://h/x", "/x"), ("http://[::1]:80/y", "/y"),
            ] {
                rows.append(Row("absolute-form \(target)", Message(target: target), "GET \(copied) HTTP/1.1"))
            }
            rows.append(
                Row("OPTIONS http://h", Message(method: "OPTIONS", target: "http://h"), "OPTIONS * HTTP/1.1"))
            return rows
        }()

        @Test("fields and targets that HAProxy would not let through")
        func rows() throws {
            let mirror = try RecordingMirror()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            for (index, row) in Self.rows.enumerated() {
                try client.notify(row.message)
                let copy = try eventually("the copy of \(row.rule)", evidence: { agent.process.log }) {
                    mirror.requests.count > index ? mirror.requests[index] : nil
                }
                #expect(copy.head.startLine == row.startLine, "\(row.rule)")
                let fields =
                    row.fields.isEmpty ? [HeaderField("host", "127.0.0.1:\(mirror.port)")] : row.fields
                #expect(copy.head.fields == fields + [CopyExpectation.mark], "\(row.rule)")
            }
        }

        static let malformed: [(String, Message)] = {
            let host = HeaderField("host", "h")
            func with(_ name: String, _ value: String) -> Message {
                Message(fields: [host, HeaderField(name, value)])
            }
            let length = FidelityRow.fields
            return [
                ("CR LF in a value", with("x", "a\r\nx-smuggled: 1")), ("CR in a value", with("x", "a\rb")),
                ("LF in a value", with("x", "a\nb")), ("NUL in a value", with("x", "a\0b")),
                ("CR LF in a name", with("x\r\ny", "a")), ("NUL in a name", with("x\0", "a")),
                ("LF in a name", with("\nx", "a")), ("colon in a name", with("x:y", "a")),
                ("blank in a name", with("x y", "a")), ("blank before the colon", with("x ", "a")),
                ("tab before the name", with("\tx", "a")),
                ("control character in a name", with("x\u{1}", "a")),
                ("DEL in a name", with("x\u{7f}", "a")), ("no token as a name", with("x[1]", "a")),
                ("byte above 0x7f in a name", with("caf\u{e9}", "a")),
                (
                    "blank before the colon, text form",
                    Message(fields: [host, HeaderField("transfer-encoding ", "chunked")], usesText: true)
                ),
                (
                    "folded line, text form",
                    Message(fields: [host, HeaderField("\tx", "a")], usesText: true)
                ),
                (
                    "LF in a value, text form",
                    Message(fields: [host, HeaderField("x", "a\nb")], usesText: true)
                ),
                (
                    "NUL in a value, text form",
                    Message(fields: [host, HeaderField("x", "a\0b")], usesText: true)
                ),
                ("blank in the target", Message(target: "/a b")),
                ("LF in the target", Message(target: "/a\r\nb")),
                ("NUL in the target", Message(target: "/a\0")), ("no target", Message(target: "")),
                ("no method", Message(method: "")), ("blank in the method", Message(method: "GET /x")),
                ("LF in the method", Message(method: "GET\n")),
                (
                    "length that is no number",
                    Message(fields: [host] + length("content-length: 1x"), body: [1])
                ),
                ("negative length", Message(fields: [host] + length("content-length: -1"))),
                (
                    "two lengths",
                    Message(fields: [host] + length("content-length: 1", "content-length: 2"), body: [1])
                ),
                ("list of lengths", Message(fields: [host] + length("content-length: 1, 1"), body: [1])),
                (
                    "more body than declared",
                    Message(fields: [host] + length("content-length: 1"), body: [1, 2])
                ),
                ("headers that break off", Message(rawHeaders: [4, 0x68, 0x6f])),
                ("headers without their end mark", Message(rawHeaders: [1, 0x78, 1, 0x79])),
                ("a value without a name", Message(rawHeaders: [0, 1, 0x79, 0, 0])),
                ("bytes behind the headers", Message(rawHeaders: [0, 0, 1])),
            ]
        }()

        @Test("what would become another request is not sent, and counted")
        func notSent() throws {
            let mirror = try RecordingMirror()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            for (index, (rule, message)) in Self.malformed.enumerated() {
                try client.notify(message)
                // The ACK comes before the copy is looked at.
                let expected = ["received": index + 1, "dropped_malformed": index + 1]
                #expect(try agent.account(of: index + 1) == expected, "\(rule)")
            }
            try client.notify(Message(target: "/after"))
            let count = Self.malformed.count
            #expect(
                try agent.account(of: count + 1) == [
                    "received": count + 1, "dropped_malformed": count, "completed": 1, "responses_2xx": 1,
                ])
            #expect(mirror.requests.map(\.target) == ["/after"])
        }

        @Test("a body shorter than declared", arguments: [false, true])
        func truncated(usesText: Bool) throws {
            let mirror = try RecordingMirror()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--truncated-body", "send"],
                in: try TemporaryDirectory())
            let fields = FidelityRow.fields("Host: h", "Content-Length: 10", "X-A: 1")
            try SPOPClient(agent.endpoint).notify(
                Message(method: "POST", target: "/short", fields: fields, usesText: usesText, body: [1, 2]))
            let copy = try mirror.request(for: "/short")
            #expect(
                copy.head.fields
                    == FidelityRow.fields("Host: h", "Content-Length: 2", "X-A: 1", "X-Mirror-Truncated: 10")
                    + [CopyExpectation.mark])
            #expect(copy.body == [1, 2])
        }

        @Test("bodies as long as the longest frame allows", arguments: [1 << 20, 15 << 20])
        func largeBodies(size: Int) throws {
            let mirror = try RecordingMirror()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--max-frame-size", "16777216"],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint, maxFrameSize: 16_777_216)
            #expect(client.maxFrameSize == 16_777_216)
            let pattern = FidelityRow.binary(65_536)
            let body = Array(repeatElement(pattern, count: size / pattern.count).joined())
            for method in ["POST", "GET"] {
                let fields = FidelityRow.fields("host: h", "content-length: \(size)")
                try client.notify(
                    Message(method: method, target: "/large/\(method)", fields: fields, body: body))
                let copy = try mirror.request(for: "/large/\(method)", evidence: { agent.process.log })
                // Not by an expectation of the bytes themselves, which would print them.
                let isWhole = copy.body == body
                #expect(isWhole)
                #expect(copy.head.fields == fields + [CopyExpectation.mark])
            }
            #expect(try agent.account(of: 2) == ["received": 2, "completed": 2, "responses_2xx": 2])
        }
    }
}
