import Testing

extension EndToEnd.Recipes {
    @Test("several agents, of which one dies and comes back", arguments: HAProxyVersion.available)
    func severalAgents(version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version, RecipeFiles(main: "several-agents/haproxy.cfg", processingTimeout: "2s"),
            agents: [[], [], []],
            sharedMirror: true)
        try eventually("all agents are up", evidence: stage.evidence) {
            try (1...3).allSatisfy { try stage.haproxy.statistics.health(of: "agent\($0)").isUp }
        }
        try send(60, "/before", stage)
        // The one with the most copies: HAProxy 2.6 shares out connections, not copies.
        let shares = try stage.agents.map { try $0.counters()["received"] }
        let victim = try #require(shares.indices.max { shares[$0] < shares[$1] })
        if version.speaksSPOP { #expect(shares.allSatisfy { $0 > 0 }, "\(shares)") }

        let report = try Traffic.flow(to: stage.frontend, prefix: "/during") { traffic in
            try flow(200, traffic, stage)
            stage.agents[victim].process.kill()
            try eventually("HAProxy takes the dead agent out", evidence: stage.evidence) {
                try stage.haproxy.statistics.health(of: "agent\(victim + 1)").isDown
            }
            try flow(400, traffic, stage)
        }
        #expect(report.failures.isEmpty, "\(report.failures.prefix(5)) \(stage.evidence())")

        // Lost is what the dead agent had, and what was on its way to it.
        let others = stage.agents.indices.filter { $0 != victim }
        try eventually("the copies of the living arrive", evidence: stage.evidence) {
            try others.allSatisfy { try stage.agents[$0].counters().isSettled }
        }
        let copies = Set(stage.mirror.requests.map(\.target).filter { $0.hasPrefix("/during") }).count
        #expect(copies * 10 >= report.requests * 9, "\(copies) of \(report.requests)")

        try send(60, "/after", stage)

        try stage.restartAgent(victim)
        try eventually("HAProxy takes the agent back", evidence: stage.evidence) {
            try stage.haproxy.statistics.health(of: "agent\(victim + 1)").isUp
        }
        try send(60, "/again", stage)
        if version.speaksSPOP { #expect(try stage.agents[victim].counters()["received"] > 0) }
    }

    /// Sends requests that all must be copied.
    private func send(_ count: Int, _ prefix: String, _ stage: RecipeStage) throws {
        let targets = (0..<count).map { "\(prefix)/\($0)" }
        try stage.send(targets)
        try eventually("\(count) copies of \(prefix)", evidence: stage.evidence) {
            Set(stage.mirror.requests.map(\.target)).isSuperset(of: targets)
        }
    }

    /// Waits until production and the mirror have seen more of the traffic.
    private func flow(_ count: Int, _ traffic: Traffic, _ stage: RecipeStage) throws {
        let answered = traffic.requests
        let mirrored = stage.mirror.requests.count
        try eventually("traffic flows and is mirrored", evidence: stage.evidence) {
            traffic.requests >= answered + count && stage.mirror.requests.count >= mirrored + count
        }
    }
}
