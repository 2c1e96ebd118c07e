import Testing

extension EndToEnd {
    @Suite("Ways to reach the agent")
    struct AgentModeTests {
        /// One way to configure HAProxy and the agent.
        struct Way: Sendable, CustomTestStringConvertible {
            let version: HAProxyVersion
            let mode: HAProxyConfiguration.AgentMode
            var agentLines: [String] = []
            var agentArguments: [String] = []
            /// How many ask at once. HAProxy 2.6 without pipelining at times leaves a request in its queue, with all
            /// its connections idle, until `timeout processing` ends; that does not happen to one client alone.
            var clients = 8

            var testDescription: String {
                "\(version), mode \(mode.rawValue) \(agentLines) \(agentArguments)"
            }
        }

        static let ways: [Way] = [
            Way(version: .debian, mode: .tcp),
            Way(version: .debian, mode: .tcp, agentLines: ["no option pipelining"], clients: 1),
            Way(version: .debian, mode: .tcp, agentLines: ["no option async"]),
            Way(
                version: .debian, mode: .tcp, agentLines: ["no option pipelining", "no option async"],
                clients: 1),
            Way(version: .debian, mode: .tcp, agentLines: ["no option send-frag-payload"]),
            Way(version: .debian, mode: .tcp, agentArguments: ["--capability", "pipelining"]),
            Way(
                version: .debian, mode: .tcp, agentArguments: ["-c", "async", "-c", "fragmentation"],
                clients: 1),
            Way(version: .v3_0, mode: .tcp),
            Way(version: .v3_0, mode: .tcp, agentLines: ["no option pipelining"], clients: 1),
            Way(version: .v3_0, mode: .tcp, agentLines: ["no option async"]),
            Way(version: .v3_2, mode: .spop),
            Way(version: .v3_2, mode: .spop, agentLines: ["no option pipelining"]),
            Way(version: .v3_2, mode: .spop, agentArguments: ["--capability", "fragmentation"]),
            Way(version: .v3_2, mode: .tcp),
            Way(version: .v3_4, mode: .spop),
            Way(version: .v3_4, mode: .spop, agentLines: ["no option pipelining"]),
            Way(version: .v3_4, mode: .spop, agentArguments: ["--capability", "fragmentation"]),
            Way(version: .v3_4, mode: .tcp),
        ].filter { HAProxyVersion.available.contains($0.version) }

        @Test("every request is acknowledged and mirrored once", arguments: ways)
        func mirrors(way: Way) throws {
            let scenario = try Scenario(way.version, agentArguments: way.agentArguments) {
                $0.agentMode = way.mode
                $0.agentLines = way.agentLines
            }
            let frontend = scenario.frontend
            let exchanges = try concurrently(way.clients) { client in
                var connection = try RawClient(frontend)
                return try (0..<40 / way.clients).map { round in
                    let request = Request(
                        method: "POST", target: "/ways/\(client)/\(round)",
                        body: Array("\(client) \(round)".utf8))
                    return (request, try connection.exchange(request).status)
                }
            }
            for (request, status) in exchanges.joined() {
                #expect(status == 200)
                #expect(try scenario.copy(of: request.target).body == request.body)
            }
            try expectAcknowledged(40, in: scenario)
            try expectMirroredOnce(40, in: scenario)
        }
    }
}
