import Testing

extension EndToEnd {
    @Suite("Health checks")
    struct HealthCheckTests {
        @Test("option spop-check sees the agent come and go", arguments: HAProxyVersion.available)
        func followsTheAgent(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            try expect("UP", in: scenario) { $0.isUp }

            #expect(try scenario.agent.terminate() == .status(0))
            try expect("DOWN", in: scenario) { $0.isDown }

            try scenario.restartAgent()
            try expect("UP again", in: scenario) { $0.isUp }
            #expect(try scenario.send(Request(target: "/after")).status == 200)
            _ = try scenario.copy(of: "/after")
        }

        private func expect(
            _ state: String, in scenario: Scenario,
            where condition: (HAProxyStatistics.ServerHealth) -> Bool
        ) throws {
            var last: HAProxyStatistics.ServerHealth?
            try eventually(
                "the agent is \(state)",
                evidence: { "last seen: \(last?.description ?? "-")\n\(scenario.evidence())" }
            ) {
                let health = try scenario.haproxy.statistics.agentHealth()
                last = health
                return condition(health)
            }
        }
    }
}
