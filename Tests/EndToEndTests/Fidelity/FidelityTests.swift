import Testing

extension EndToEnd {
    /// Each rule of what a copy is, through real HAProxys.
    @Suite("Fidelity: through HAProxy")
    struct FidelityTests {
        @Test("every row of the battery arrives true", arguments: HAProxyVersion.available)
        func battery(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            let rows = FidelityRow.all(version)
            try expectTrue(rows, at: mirror, stage)
            #expect(
                try stage.agent.account(of: rows.count) == [
                    "received": rows.count, "completed": rows.count, "responses_2xx": rows.count,
                ])
        }

        @Test("the path of the mirror's URL goes before each target", arguments: HAProxyVersion.available)
        func prefix(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror, path: "/base/of%20it/")
            let rows = FidelityRow.targets(version).map { row in
                FidelityRow(row.rule, row.request) { expected in
                    row.change(&expected)
                    expected.startLine.replace(" /", with: " /base/of%20it/", maxReplacements: 1)
                }
            }
            try expectTrue(rows, at: mirror, stage)
        }

        @Test(
            "Host as the operator wants it", arguments: HAProxyVersion.oldestAndNewest,
            ["destination", "qa.example.test:8"])
        func hostHeader(version: HAProxyVersion, choice: String) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, ["--host-header", choice], to: mirror)
            let host = choice == "destination" ? "127.0.0.1:\(mirror.port)" : choice
            let request = Request(
                target: "/host", fields: FidelityRow.fields("X-A: 1", "Host: shop.example.test", "X-B: 2"))
            let row = FidelityRow("--host-header \(choice)", request) { $0.fields[1].value = host }
            try expectTrue([row], at: mirror, stage)
        }

        @Test("the mark as the operator wants it", arguments: HAProxyVersion.oldestAndNewest)
        func mark(version: HAProxyVersion) throws {
            let request = Request(target: "/mark", fields: [CopyExpectation.mark])
            for (choice, own) in [("none", []), ("X-Copy: of a", [HeaderField("X-Copy", "of a")])] {
                let mirror = try RecordingMirror()
                let stage = try FidelityStage(version, ["--mark-header", choice], to: mirror)
                let row = FidelityRow("--mark-header \(choice)", request) {
                    $0.fields.removeLast()
                    $0.fields += own
                }
                try expectTrue([row], at: mirror, stage)
            }
        }

        /// Values of Connection, each with the fields that a client can name in it.
        static let connections = [
            "close, Cookie, X-Attack", "keep-alive, authorization,x-forwarded-for", "X-ATTACK ,, \tcookie,",
            "Upgrade, HTTP2-Settings, Cookie", "Host, Content-Length, Transfer-Encoding",
            "TE, Trailer, Accept",
            "Keep-Alive, Proxy-Connection, Expect", "x-mirrored-by, X-Request-ID",
            (0..<40).map { "x-\($0)" }.joined(separator: ",") + ", cookie",
        ]

        @Test(
            "whatever Connection names, the copy is what production got", arguments: HAProxyVersion.available)
        func hopByHop(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            let (frontend, rounds) = (stage.frontend, 3)
            let statuses = try concurrently(Self.connections.count) { index in
                try (0..<rounds).map { round in
                    let request = Request(
                        method: "PUT", target: "/hop/\(index)/\(round)",
                        fields: FidelityRow.fields(
                            "X-1: first", "Connection: \(Self.connections[index])", "Cookie: a=1",
                            "X-Attack: 1",
                            "Authorization: Basic eDp5", "X-Forwarded-For: 10.0.0.1", "Accept: a/b",
                            "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "TE: trailers",
                            "Trailer: X-T",
                            "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", "X-Mirrored-By: another",
                            "X-Request-ID: 1",
                            "Connection: X-Last", "X-Last: last"),
                        body: Array("whole".utf8))
                    var client = try RawClient(frontend)
                    return try client.exchange(request).status
                }
            }
            #expect(statuses.joined().allSatisfy { $0 == 200 })
            let count = Self.connections.count * rounds
            #expect(
                try stage.agent.account(of: count) == [
                    "received": count, "completed": count, "responses_2xx": count,
                ])
            for copy in mirror.requests {
                let original = try stage.production.request(for: copy.target)
                let kept = original.head.fields.filter { !CopyExpectation.dropped.contains($0.name) }
                #expect(copy.head.fields == kept + [CopyExpectation.mark], "\(copy.target)")
                #expect(copy.head.startLine == original.head.startLine)
                #expect(copy.body == original.body)
                for name in ["cookie", "x-attack", "authorization", "x-last", "accept"] {
                    #expect(copy.head[name] != nil, "\(name) of \(copy.target)")
                }
            }
            #expect(mirror.requests.count == count)
        }

        @Test("a client that waits for 100 Continue", arguments: HAProxyVersion.available)
        func expectContinue(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            var request = Request(
                method: "PUT", target: "/continue", fields: FidelityRow.fields("Expect: 100-continue"),
                body: FidelityRow.binary(2_000))
            let client = try Socket.connect(to: stage.frontend)
            var reader = HTTPReader(client)
            try client.write(Array(request.bytes.dropLast(request.body.count)))
            let interim = try #require(try reader.head())
            #expect(interim.startLine.hasPrefix("HTTP/1.1 100"))
            try client.write(request.body)
            #expect(try reader.response(to: "PUT").status == 200)

            let copy = try mirror.request(for: "/continue", evidence: stage.evidence)
            request.fields = []
            let difference = CopyExpectation(of: request).difference(from: copy)
            #expect(difference.isEmpty, "\(difference)")
        }

        @Test("a body that HAProxy's buffer cut off", arguments: HAProxyVersion.available)
        func truncated(version: HAProxyVersion) throws {
            let declared = 65_536
            let request = Request(
                method: "POST", target: "/truncated", fields: FidelityRow.fields("X-A: 1"),
                body: FidelityRow.binary(declared))
            for choice in ["drop", "send", "headers"] {
                let mirror = try RecordingMirror()
                let stage = try FidelityStage(version, ["--truncated-body", choice], to: mirror)
                let response = try stage.send(request)
                #expect(response.status == 200)
                // A small one behind it, whole.
                try stage.send(Request(method: "POST", target: "/whole", body: [1, 2]))
                let account = try stage.agent.account(of: 2)
                #expect(try mirror.request(for: "/whole").head["x-mirror-truncated"] == nil)
                guard choice != "drop" else {
                    let expected = [
                        "received": 2, "dropped_truncated": 1, "completed": 1, "responses_2xx": 1,
                    ]
                    #expect(account == expected)
                    #expect(mirror.requests.count == 1)
                    continue
                }
                #expect(account == ["received": 2, "completed": 2, "responses_2xx": 2])
                let copy = try mirror.request(for: "/truncated", evidence: stage.evidence)
                var expected = CopyExpectation(of: request)
                expected.body = choice == "send" ? Array(request.body.prefix(copy.body.count)) : []
                expected.fields[2].value = String(copy.body.count)
                expected.fields.insert(HeaderField("X-Mirror-Truncated", String(declared)), at: 3)
                #expect(expected.difference(from: copy) == "", "\(choice)")
                if choice == "send" { #expect(copy.body.count > 8_192 && copy.body.count < 16_384) }
            }
        }

        /// Nothing tells how long a chunked body was to become, but it fills HAProxy's buffer.
        @Test(
            "a chunked body that HAProxy's buffer cut off is known by its size",
            arguments: HAProxyVersion.available)
        func truncatedChunks(version: HAProxyVersion) throws {
            let request = Request(
                method: "POST", target: "/truncated/chunks", body: FidelityRow.binary(65_536),
                framing: .chunks(1_000))
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            #expect(try stage.send(request).status == 200)
            #expect(try stage.agent.account(of: 1) == ["received": 1, "dropped_truncated": 1])

            let sending = try FidelityStage(version, ["--truncated-body", "send"], to: mirror)
            #expect(try sending.send(request).status == 200)
            let copy = try mirror.request(for: request.target, evidence: sending.evidence)
            #expect(copy.body.count < request.body.count)
            #expect(copy.body == Array(request.body.prefix(copy.body.count)))
            #expect(copy.head.values(of: "content-length") == [String(copy.body.count)])
            #expect(copy.head["x-mirror-truncated"] == "unknown")
        }

        @Test("a chunked body of 15 000 bytes is whole", arguments: HAProxyVersion.available)
        func wholeChunks(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror()
            let stage = try FidelityStage(version, to: mirror)
            let request = Request(
                method: "POST", target: "/whole/chunks", body: FidelityRow.binary(15_000),
                framing: .chunks(1_000))
            #expect(try stage.send(request).status == 200)
            #expect(try mirror.request(for: request.target, evidence: stage.evidence).body == request.body)
        }

        @Test(
            "a mirror URL that points back at HAProxy does not melt it", arguments: HAProxyVersion.available)
        func loop(version: HAProxyVersion) throws {
            let stage = try FidelityStage(version, mirrorURL: { "http://\($0.haproxyAddress)/" })
            for number in 1...10 {
                #expect(
                    try stage.send(Request(method: "POST", target: "/loop/\(number)", body: [1])).status
                        == 200)
            }
            let account = try stage.agent.account(of: 20)
            #expect(
                account == ["received": 20, "skipped_loop": 10, "completed": 10, "responses_2xx": 10])
            // Production sees each request and its copy.
            #expect(stage.production.requests.count == 20)
            for number in 1...10 {
                let marks = stage.production.requests(for: "/loop/\(number)").map { $0.head["x-mirrored-by"] }
                #expect(marks.count == 2 && marks.contains("spoa-mirror") && marks.contains(nil), "\(marks)")
            }
        }

        @Test("the client's address and the id of the request", arguments: HAProxyVersion.available)
        func clientAddress(version: HAProxyVersion) throws {
            for host in ["127.0.0.1", "::1"] {
                let mirror = try RecordingMirror()
                let stage = try FidelityStage(version, frontendHost: host, to: mirror) {
                    $0.messageArguments += ["arg_src=src", "arg_id=unique-id"]
                    $0.frontendLines = [
                        "unique-id-format id-%pid-%rt-%{+X}o%Ts",
                        "http-response set-header X-Unique %[unique-id]",
                    ]
                }
                let requests = [
                    Request(target: "/src/none"),
                    Request(
                        method: "POST", target: "/src/appended",
                        fields: FidelityRow.fields(
                            "X-Forwarded-For: 10.0.0.1", "X-A: 1", "X-Forwarded-For: 10.0.0.2, 10.0.0.3"),
                        body: [1]),
                    Request(target: "/src/empty", fields: FidelityRow.fields("X-Forwarded-For:")),
                    Request(target: "/src/id", fields: FidelityRow.fields("x-request-id: mine")),
                ]
                for request in requests {
                    let response = try stage.send(request)
                    let id = try #require(response.head["x-unique"])
                    var expected = CopyExpectation(of: request, adding: [])
                    if let last = expected.fields.lastIndex(where: { $0.name == "x-forwarded-for" }) {
                        let present = expected.fields[last].value
                        expected.fields[last].value = present.isEmpty ? host : "\(present), \(host)"
                    } else {
                        expected.fields.append(HeaderField("X-Forwarded-For", host))
                    }
                    if request.target != "/src/id" { expected.fields.append(HeaderField("X-Request-ID", id)) }
                    expected.fields.append(CopyExpectation.mark)
                    let copy = try mirror.request(for: request.target, evidence: stage.evidence)
                    #expect(expected.difference(from: copy) == "", "\(request.target)")
                }
            }
        }

        @Test("methods that the mirror must not see", arguments: HAProxyVersion.oldestAndNewest)
        func methodFilter(version: HAProxyVersion) throws {
            let methods = ["GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "DELETE", "PURGE", "get"]
            for (choice, wanted) in [
                ("safe", ["GET", "HEAD", "OPTIONS", "TRACE"]), ("PURGE,POST", ["POST", "PURGE"]),
                ("all", methods),
            ] {
                let mirror = try RecordingMirror()
                let stage = try FidelityStage(version, ["--methods", choice], to: mirror)
                var client = try RawClient(stage.frontend)
                for method in methods {
                    #expect(try client.exchange(Request(method: method, target: "/filter")).status == 200)
                }
                let account = try stage.agent.account(of: methods.count)
                #expect(account["skipped_method", default: 0] == methods.count - wanted.count, "\(choice)")
                #expect(account["responses_2xx"] == wanted.count, "\(choice)")
                #expect(mirror.requests.map(\.method).sorted() == wanted.sorted(), "\(choice)")
            }
        }

        /// Sends the rows' requests one after the other, and compares what came of each.
        private func expectTrue(_ rows: [FidelityRow], at mirror: RecordingMirror, _ stage: FidelityStage)
            throws
        {
            for (index, row) in rows.enumerated() {
                let status = try stage.send(row.request).status
                #expect(status == 200, "\(row.rule)")
                guard status == 200 else { return }
                let copy = try eventually("the copy of \(row.rule)", evidence: stage.evidence) {
                    mirror.requests.count > index ? mirror.requests[index] : nil
                }
                let difference = row.expected.difference(from: copy)
                #expect(difference.isEmpty, "\(row.rule): \(difference)")
            }
            #expect(mirror.requests.count == rows.count)
            #expect(mirror.failures.isEmpty)
        }
    }
}
