import Testing

extension EndToEnd {
    /// Where a copy differs from the client's bytes because HAProxy has changed, or refused, the request before the
    /// agent is asked. These are facts about HAProxy that `docs/fidelity.md` states.
    @Suite("Fidelity: what HAProxy does first")
    struct FidelityHAProxyFirstTests {
        /// Raw bytes of a request, and the fields of its copy, the mark left out.
        static let changed: [(rule: String, bytes: String, fields: [HeaderField])] = {
            let fields = FidelityRow.fields
            return [
                (
                    "names in lower case, blanks around values gone",
                    "GET / HTTP/1.1\r\nHOST:h\r\nX-Upper: \t a b \t\r\n\r\n",
                    fields("host: h", "x-upper: a b")
                ),
                (
                    "a folded line", "GET / HTTP/1.1\r\nHost: h\r\nx: a\r\n b\r\n\r\n",
                    fields("host: h", "x: a   b")
                ),
                (
                    "lines that end with LF alone", "GET / HTTP/1.1\nHost: h\nx: a\n\n",
                    fields("host: h", "x: a")
                ),
                ("Host twice", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", fields("host: h")),
                (
                    "Content-Length twice",
                    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
                    fields("host: h", "content-length: 1")
                ),
                (
                    "Content-Length beside chunks",
                    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "1\r\na\r\n0\r\n\r\n", fields("host: h", "content-length: 1")
                ),
                (
                    "trailers of chunks",
                    "POST / HTTP/1.1\r\nHost: h\r\nTrailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "1;x=y\r\na\r\n0\r\nX-T: 1\r\n\r\n", fields("host: h", "content-length: 1")
                ),
            ]
        }()

        @Test("changes", arguments: HAProxyVersion.available)
        func changes(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            // HAProxy 2.6 adds such a Content-Length to req.body_size: see `lengthBesideChunks`.
            let stage = try FidelityStage(version, to: mirror) {
                $0.messageArguments.removeAll { version == .debian && $0.hasPrefix("arg_size") }
            }
            for (index, row) in Self.changed.enumerated() {
                var client = try RawClient(stage.frontend)
                let method = String(row.bytes.prefix { $0 != " " })
                #expect(try client.exchange(row.bytes.latin1, method: method).status == 200, "\(row.rule)")
                let copy = try eventually("the copy of \(row.rule)", evidence: stage.evidence) {
                    mirror.requests.count > index ? mirror.requests[index] : nil
                }
                #expect(copy.head.startLine == "\(method) / HTTP/1.1", "\(row.rule)")
                #expect(copy.head.fields == row.fields + [CopyExpectation.mark], "\(row.rule)")
            }
        }

        @Test(
            "a Content-Length beside chunks makes req.body_size too large in HAProxy 2.6: such a copy is dropped"
        )
        func lengthBesideChunks() throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(.debian, to: mirror)
            let request = Request(
                method: "POST", target: "/both", fields: [HeaderField("Content-Length", "9")], body: [1, 2],
                framing: .chunks(2))
            #expect(try stage.send(request).status == 200)
            #expect(try stage.agent.account(of: 1) == ["received": 1, "dropped_truncated": 1])
            // One client cannot have others' chunked bodies dropped by it.
            let chunked = Request(method: "POST", target: "/chunks", body: [1, 2], framing: .chunks(2))
            #expect(try stage.send(chunked).status == 200)
            #expect(try mirror.request(for: "/chunks", evidence: stage.evidence).body == [1, 2])
        }

        @Test("a request without Host gets that of the mirror", arguments: HAProxyVersion.available)
        func noHost(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            var client = try RawClient(stage.frontend)
            #expect(try client.exchange("GET /old HTTP/1.0\r\n\r\n".latin1, method: "GET").status == 200)
            let copy = try mirror.request(for: "/old", evidence: stage.evidence)
            #expect(copy.head.startLine == "GET /old HTTP/1.1")
            #expect(
                copy.head.fields == FidelityRow.fields("host: 127.0.0.1:\(mirror.port)") + [
                    CopyExpectation.mark
                ])
        }

        /// Nothing is mirrored of what production does not get to see.
        @Test("refusals", arguments: HAProxyVersion.available)
        func refusals(version: HAProxyVersion) throws {
            var refused: [(rule: String, bytes: String)] = [
                ("a number sign in the target", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"),
                ("a byte above 0x7f in the target", "GET /\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n"),
                ("another authority than Host", "GET http://other/x HTTP/1.1\r\nHost: h\r\n\r\n"),
                ("CR in a value", "GET / HTTP/1.1\r\nHost: h\r\nx: a\rb\r\n\r\n"),
                ("a blank behind a name", "GET / HTTP/1.1\r\nHost: h\r\nx : a\r\n\r\n"),
                (
                    "101 fields",
                    "GET / HTTP/1.1\r\nHost: h\r\n\(String(repeating: "x: 1\r\n", count: 101))\r\n"
                ),
            ]
            if !version.speaksSPOP {
                refused.append(
                    ("a query behind the authority", "GET http://h?x HTTP/1.1\r\nHost: h\r\n\r\n"))
            }
            if version != .debian {
                refused.append(("an asterisk without OPTIONS", "GET * HTTP/1.1\r\nHost: h\r\n\r\n"))
            }
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            for row in refused {
                var client = try RawClient(stage.frontend)
                #expect(try client.exchange(row.bytes.latin1, method: "GET").status == 400, "\(row.rule)")
            }
            // HAProxy 2.6 lets NUL through to production. A copy of that is no copy, and is counted.
            let nul = "GET /nul HTTP/1.1\r\nHost: h\r\nx: a\0b\r\n\r\n"
            var client = try RawClient(stage.frontend)
            let status = try client.exchange(nul.latin1, method: "GET").status
            try stage.send(Request(target: "/after"))
            if version == .debian {
                #expect(status == 200)
                #expect(
                    try stage.agent.account(of: 2) == [
                        "received": 2, "dropped_malformed": 1, "completed": 1, "responses_2xx": 1,
                    ])
            } else {
                #expect(status == 400)
                #expect(
                    try stage.agent.account(of: 1) == ["received": 1, "completed": 1, "responses_2xx": 1])
            }
            #expect(mirror.requests.map(\.target) == ["/after"])
        }

        @Test("HTTP/2: lower case, origin-form, cookies in one field", arguments: HAProxyVersion.available)
        func http2(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            guard case .tcp(_, let port) = stage.frontend else { return }
            let request = Request(
                method: "PATCH", target: "/h2/a/../b?x={y}",
                fields: FidelityRow.fields(
                    "User-Agent: u", "Accept: a/b", "Content-Type: c/d", "Cookie: a=1", "X-Dup: 1",
                    "Cookie: b=2; c=3", "X-Dup: 2"),
                body: FidelityRow.binary(3_000))
            let answer = try CurlClient(directory: stage.directory, port: port).exchange(request)
            #expect(answer.status == "2 200")
            let copy = try mirror.request(for: request.target, evidence: stage.evidence)
            #expect(copy.head.startLine == "PATCH /h2/a/../b?x={y} HTTP/1.1")
            #expect(copy.body == request.body)
            let fields = copy.head.fields.map(\.description).sorted()
            let expected = [
                "X-Mirrored-By: spoa-mirror", "accept: a/b", "content-length: 3000", "content-type: c/d",
                "cookie: a=1; b=2; c=3", "host: 127.0.0.1:\(port)", "user-agent: u", "x-dup: 1", "x-dup: 2",
            ]
            #expect(fields == expected)
            #expect(copy.head.values(of: "x-dup") == ["1", "2"])
        }
    }
}
