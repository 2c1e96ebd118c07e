import Testing

extension EndToEnd {
    @Suite("Pipelining")
    struct PipeliningTests {
        @Test("hundreds of requests at once share a few connections", arguments: HAProxyVersion.available)
        func sharesConnections(version: HAProxyVersion) throws {
            // Acknowledgements are held back for a moment, so that all the requests of a wave are under way together
            // and one connection for each of them would be seen. The waves grow because HAProxy gives each request of
            // a sudden burst a connection of its own: it learns only from the answer that it need not have.
            let waves = [1, 20, 60, 200, 200]
            let scenario = try Scenario(version, agentArguments: ["--processing-delay", "100ms"]) {
                $0.checksHealth = false
                $0.globalLines = ["nbthread 1"]
            }
            let frontend = scenario.frontend
            for (wave, clients) in waves.enumerated() {
                let statuses = try concurrently(clients) { client in
                    var connection = try RawClient(frontend)
                    return try connection.exchange(Request(target: "/wave/\(wave)/\(client)")).status
                }
                #expect(statuses.allSatisfy { $0 == 200 })
            }
            try expectAcknowledged(waves.reduce(0, +), in: scenario)
            try expectMirroredOnce(waves.reduce(0, +), in: scenario)
            let connections = try scenario.haproxy.statistics.agentConnections()
            #expect(connections > 0 && connections <= 100)
        }

        @Test("each client connection may carry many requests", arguments: HAProxyVersion.available)
        func keepsConnections(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            let frontend = scenario.frontend
            let statuses = try concurrently(20) { client in
                var connection = try RawClient(frontend)
                return try (0..<50).map { round in
                    try connection.exchange(Request(target: "/kept/\(client)/\(round)")).status
                }
            }
            #expect(statuses.joined().allSatisfy { $0 == 200 })
            try expectAcknowledged(1_000, in: scenario)
            try expectMirroredOnce(1_000, in: scenario)
        }
    }
}
