import Testing

extension EndToEnd {
    /// HAProxy sends a request on when its buffer is full, when its body is there, or at once: the copy is whole or is not sent.
    @Suite("Bodies that HAProxy does not wait for")
    struct BodyWaitTests {
        private static let unbuffered = ["", "http-request wait-for-body time 5s at-least 4"]
        private static let arguments = HAProxyConfiguration.allArguments.filter { !$0.hasPrefix("arg_size") }
        private static let withSize = arguments + ["arg_size=req.body_size"]
        private static let withWhole = arguments + ["arg_whole=internal.htx.has_eom"]

        /// A stage, and a way to have the agent see the first part of a request before HAProxy gets the second.
        private struct Stage {
            let mirror: RecordingMirror
            let stage: FidelityStage

            init(
                _ version: HAProxyVersion, _ agent: [String] = [], bodyLine: String,
                messageArguments: [String]
            ) throws {
                mirror = try RecordingMirror()
                stage = try FidelityStage(version, ["-i", "100ms"] + agent, to: mirror) {
                    $0.bodyLine = bodyLine
                    $0.messageArguments = messageArguments
                }
            }

            func send(_ target: String, _ field: String, _ first: String, then second: String) throws {
                let received = try stage.agent.counters()["received"]
                let socket = try Socket.connect(to: stage.frontend)
                try socket.write("POST \(target) HTTP/1.1\r\nHost: h\r\n\(field)\r\n\r\n\(first)")
                if !second.isEmpty {
                    try eventually("the agent has seen the first part", evidence: stage.evidence) {
                        try stage.agent.counters()["received"] > received
                    }
                    try socket.write(second)
                }
                var reader = HTTPReader(socket)
                #expect(try reader.response(to: "POST").status == 200)
            }

            /// The detail of the last failure that `show errors` lists.
            func lastError() throws -> String {
                let lines = try stage.agent.ask("show errors").split(separator: "\n")
                return String(lines.last ?? "")
            }
        }

        private static let declared = "Content-Length: 10"
        private static let chunked = "Transfer-Encoding: chunked"

        @Test(
            "a declared one is dropped for the right reason, and from then on those of unknown length",
            arguments: HAProxyVersion.available, unbuffered)
        func learns(version: HAProxyVersion, bodyLine: String) throws {
            let stage = try Stage(version, bodyLine: bodyLine, messageArguments: Self.arguments)
            // Nobody has seen anything yet: it may be whole, and is.
            try stage.send("/whole", Self.chunked, "4\r\nabcd\r\n0\r\n\r\n", then: "")
            #expect(try stage.mirror.request(for: "/whole", evidence: stage.stage.evidence).body.count == 4)

            try stage.send("/cut", Self.declared, "abcd", then: "efghij")
            #expect(
                try stage.lastError().hasSuffix(
                    "HAProxy did not wait for the body: option http-buffer-request"))
            try stage.send("/part", Self.chunked, "4\r\nabcd\r\n", then: "2\r\nef\r\n0\r\n\r\n")
            #expect(try stage.lastError().contains("no declared length"))
            try stage.stage.send(Request(target: "/get"))
            let account = try stage.stage.agent.account(of: 4)
            #expect(account == ["received": 4, "completed": 2, "responses_2xx": 2, "dropped_truncated": 2])
            let hints = try eventually("the hint is logged", evidence: stage.stage.evidence) {
                let log = stage.stage.agent.process.log.split(separator: "\n")
                let hints = log.filter { $0.contains("'option http-buffer-request'") }
                return hints.isEmpty ? nil : hints
            }
            #expect(hints.count == 1)

            // The operator knows better.
            _ = try stage.stage.agent.ask("set unknown-length send")
            try stage.send("/sent", Self.chunked, "4\r\nabcd\r\n0\r\n\r\n", then: "")
            #expect(try stage.mirror.request(for: "/sent", evidence: stage.stage.evidence).body.count == 4)
        }

        @Test(
            "req.body_size tells a chunk of which the rest is missing, the first time already",
            arguments: HAProxyVersion.available, unbuffered)
        func insideChunk(version: HAProxyVersion, bodyLine: String) throws {
            let stage = try Stage(version, bodyLine: bodyLine, messageArguments: Self.withSize)
            try stage.send("/chunk", Self.chunked, "6\r\nabcd", then: "ef\r\n0\r\n\r\n")
            #expect(
                try stage.stage.agent.account(of: 1) == ["received": 1, "dropped_truncated": 1])
            #expect(
                try stage.lastError().hasSuffix(
                    "HAProxy did not wait for the body: option http-buffer-request"))
        }

        @Test(
            "req.body_size tells that a chunk did not fit into the buffer",
            arguments: HAProxyVersion.available)
        func largeChunk(version: HAProxyVersion) throws {
            let stage = try Stage(
                version, ["--haproxy-bufsize", "1MiB"], bodyLine: "option http-buffer-request",
                messageArguments: Self.withSize)
            let body = String(repeating: "x", count: 60_000)
            try stage.send("/large", Self.chunked, "ea60\r\n\(body)\r\n0\r\n\r\n", then: "")
            #expect(try stage.stage.agent.account(of: 1) == ["received": 1, "dropped_truncated": 1])
        }

        @Test(
            "the end that HAProxy has seen decides, buffered or not", arguments: HAProxyVersion.available,
            unbuffered + ["option http-buffer-request"])
        func endOfMessage(version: HAProxyVersion, bodyLine: String) throws {
            let stage = try Stage(
                version, ["--unknown-length", "drop"], bodyLine: bodyLine, messageArguments: Self.withWhole)
            let isBuffered = bodyLine.hasPrefix("option")
            let parts = [
                ("/chunks", Self.chunked, "4\r\nabcd\r\n0\r\n\r\n", "", true),
                ("/end-later", Self.chunked, "4\r\nabcd\r\n", "0\r\n\r\n", false),
                ("/more-later", Self.chunked, "4\r\nabcd\r\n", "2\r\nef\r\n0\r\n\r\n", false),
                ("/declared", Self.declared, "abcdefghij", "", true),
                ("/declared-later", Self.declared, "abcd", "efghij", false),
                ("/empty-chunks", Self.chunked, "0\r\n\r\n", "", true),
                (
                    "/large", Self.chunked, "ea60\r\n\(String(repeating: "x", count: 60_000))\r\n0\r\n\r\n",
                    "", false
                ),
            ].filter { !isBuffered || $0.3.isEmpty }
            for (target, field, first, second, _) in parts {
                try stage.send(target, field, first, then: second)
            }
            let whole = parts.filter(\.4).map(\.0)
            let account = try stage.stage.agent.account(of: parts.count)
            #expect(
                account == [
                    "received": parts.count, "completed": whole.count, "responses_2xx": whole.count,
                    "dropped_truncated": parts.count - whole.count,
                ])
            #expect(Set(stage.mirror.requests.map(\.target)) == Set(whole))
        }

        @Test("HTTP/2 without a length", arguments: HAProxyVersion.available)
        func http2(version: HAProxyVersion) throws {
            let stage = try Stage(
                version, ["--unknown-length", "drop"], bodyLine: "option http-buffer-request",
                messageArguments: Self.withWhole)
            guard case .tcp(_, let port) = stage.stage.frontend else { return }
            for (target, arguments) in [
                ("/h2/get", []), ("/h2/empty", ["--request", "POST"]),
                ("/h2/body", ["--request", "POST", "--header", "content-length:", "--data", "abcd"]),
            ] as [(String, [String])] {
                let output = stage.stage.directory.file("curl")
                let curl = try ChildProcess(
                    try Executables.find("curl"),
                    ["--silent", "--show-error", "--max-time", "15", "--http2-prior-knowledge"] + arguments
                        + ["http://127.0.0.1:\(port)\(target)"],
                    outputFile: output, errorFile: output + ".err")
                #expect(try curl.wait() == .status(0), "\(curl.errors)")
            }
            #expect(
                try stage.stage.agent.account(of: 3) == ["received": 3, "completed": 3, "responses_2xx": 3])
            #expect(stage.mirror.requests(for: "/h2/body").map(\.body.count) == [4])
        }
    }
}
