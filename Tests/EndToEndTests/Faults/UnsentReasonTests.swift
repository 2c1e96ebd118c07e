import Testing

extension EndToEnd {
    @Suite("Faults: the reason that a copy is not sent")
    struct UnsentReasonTests {
        typealias Message = SPOPClient.Message

        /// Something of a client's that nobody may be told.
        private static let secret = "geheim"

        @Test(
            "arguments that a copy needs are missing: once in the log, and for each copy where one looks it up"
        )
        func missingArguments() throws {
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(try Ports.free())/", ["--request-log", "on", "-n", "2"],
                in: try TemporaryDirectory())
            let value = [8] + SPOPFrame.string("GET")
            let payloads = [["", ""], ["method", "url"]].map { names in
                SPOPFrame.string("mirror") + [2] + names.flatMap { SPOPFrame.string($0) + value }
            }
            // Each goes to another worker.
            let clients = [try SPOPClient(agent.endpoint), try SPOPClient(agent.endpoint)]
            for _ in 0..<3 {
                for client in clients { for payload in payloads { try client.notify(payload: payload) } }
            }
            #expect(try agent.account(of: 12) == ["received": 12, "dropped_malformed": 12])
            let texts = ["2 without a name", "method, url"].map {
                "no arg_method, no arg_path; the message has: \($0)"
            }
            let errors = try agent.ask("show errors").split(separator: "\n")
            let log = try eventually("all are in the request log", evidence: { agent.process.log }) {
                let lines = agent.process.log.split(separator: "\n")
                return lines.filter { $0.contains(" dropped_malformed: ") }.count < 12 ? nil : lines
            }
            for text in texts {
                #expect(errors.filter { $0.hasSuffix(" dropped_malformed \(text)") }.count == 6)
                let warning = "message \"mirror\" is acknowledged but not mirrored: \(text)"
                #expect(log.filter { $0.hasSuffix(warning) }.count == 1)
                #expect(
                    log.filter { $0.contains(" request - http://") && $0.hasSuffix(": \(text)") }.count == 6)
            }
        }

        @Test("what a regsub or a converter made of a request", arguments: HAProxyVersion.available)
        func converters(version: HAProxyVersion) throws {
            for (name, expression, text) in [
                ("arg_body", "req.body,base64", "the body has 8 bytes, Content-Length says 6: is arg_body="),
                ("arg_body", "req.body,bytes(0,3)", "HAProxy did not wait for the body"),
                ("arg_hdrs", "req.hdrs_bin,base64", "arg_hdrs does not decode"),
                ("arg_method", "int(7)", "arg_method cannot be an integer"),
                ("arg_path", #"str(a\ b)"#, "the target has a blank as its byte 2"),
            ] {
                let mirror = try RecordingMirror()
                let stage = try FidelityStage(version, ["--request-log", "on"], to: mirror) {
                    $0.messageArguments = HAProxyConfiguration.allArguments.filter { !$0.hasPrefix(name) }
                    $0.messageArguments.append("\(name)=\(expression)")
                }
                try stage.send(
                    Request(
                        method: "POST", target: "/reason", fields: FidelityRow.fields("Host: h"),
                        body: Array(Self.secret.utf8)))
                let account = try stage.agent.account(of: 1)
                #expect(account["dropped_malformed"] == 1 || account["dropped_truncated"] == 1, "\(account)")
                #expect(try stage.agent.ask("show errors").contains(text), "\(stage.evidence())")
                try eventually("it is in the request log", evidence: stage.evidence) {
                    stage.agent.process.log.contains(": \(text)")
                }
                #expect(mirror.requests.isEmpty)
            }
        }

        @Test(
            "each kind of malformed copy has its line in the log, and the next ones of its kind are summed up"
        )
        func malformed() throws {
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(try Ports.free())/", ["-n", "1", "-i", "100ms"],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            let field = Message(fields: [HeaderField("x-\(Self.secret.dropFirst())", "\(Self.secret)\n")])
            let method = Message(method: "GET /")
            for message in [field, method, field, field] { try client.notify(message) }
            #expect(try agent.account(of: 4)["dropped_malformed"] == 4)
            try eventually("the log sums up", evidence: { agent.process.log }) {
                agent.process.log.contains("dropped_malformed (field): 2 more in the last")
            }
            let log = agent.process.log
            #expect(
                log.contains(
                    #"dropped_malformed (field): the value of the field "x-eheim" has a line feed in it"#))
            #expect(log.contains(#"dropped_malformed (method): the method "GET /" is no token"#))
            #expect(!log.contains(Self.secret))
        }
    }
}
