import Testing

extension EndToEnd {
    @Suite("SPOE messages")
    struct MessageTests {
        static let request = Request(
            method: "POST", target: "/message?x=1",
            fields: [
                HeaderField("X-Twice", "one"), HeaderField("X-Twice", "two"), HeaderField("X-Empty", ""),
            ],
            body: BodyTests.binary(300))

        @Test("headers may come as text", arguments: HAProxyVersion.available)
        func headersAsText(version: HAProxyVersion) throws {
            let scenario = try Scenario(version) {
                $0.messageArguments = HAProxyConfiguration.allArguments.map {
                    $0 == "arg_hdrs=req.hdrs_bin" ? "arg_hdrs=req.hdrs" : $0
                }
            }
            try expectTrueCopy(in: scenario)
        }

        @Test("arguments the agent does not know are passed over", arguments: HAProxyVersion.available)
        func unknownArguments(version: HAProxyVersion) throws {
            let scenario = try Scenario(version) {
                $0.messageArguments =
                    ["arg_null=req.hdr(absent)", "arg_bool=bool(true)", "arg_port=src_port"]
                    + HAProxyConfiguration.allArguments.reversed() + ["arg_six=ipv6(::1)", "bin(00ff)"]
            }
            try expectTrueCopy(in: scenario)
        }

        @Test("the name can be chosen", arguments: HAProxyVersion.available)
        func chosenName(version: HAProxyVersion) throws {
            let scenario = try Scenario(version, agentArguments: ["--message", "copy-request"]) {
                $0.messageName = "copy-request"
            }
            try expectTrueCopy(in: scenario)
        }

        @Test("an unknown one is acknowledged and warned about once", arguments: HAProxyVersion.available)
        func unknownName(version: HAProxyVersion) throws {
            let scenario = try Scenario(version) { $0.messageName = "somebody-elses" }
            for number in 0..<20 { try scenario.send(Request(target: "/unknown/\(number)")) }
            try expectAcknowledged(20, in: scenario)
            #expect(try scenario.agent.terminate() == .status(0))
            #expect(scenario.mirror.requests.isEmpty)
            let warnings = scenario.agent.log.split(separator: "\n").filter { $0.contains("somebody-elses") }
            #expect(warnings.count == 1, "\(warnings)")
        }

        private func expectTrueCopy(in scenario: Scenario) throws {
            let request = Self.request
            #expect(try scenario.send(request).status == 200)
            let copy = try scenario.copy(of: request.target)
            #expect(copy.method == request.method)
            #expect(copy.body == request.body)
            for name in Set(request.fields.map(\.name)) {
                #expect(copy.head.values(of: name) == HTTPHead(request.bytes).values(of: name))
            }
            try expectAcknowledged(1, in: scenario)
            try expectMirroredOnce(1, in: scenario)
        }
    }
}
