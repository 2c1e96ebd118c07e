import Testing

extension EndToEnd.Recipes {
    private static let salt = "pepper-of-the-fleet"

    private static func options(_ rate: String, _ keys: String) -> [String] {
        ["--sample-rate", rate, "--sample-key", keys, "--sample-salt", salt]
    }

    @Test("whole sessions at 10 %, over several agents", arguments: HAProxyVersion.oldestAndNewest)
    func wholeSessions(version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version,
            RecipeFiles(main: "several-agents/haproxy.cfg", engine: "whole-sessions/spoe-mirror.conf"),
            agents: [[String]](repeating: Self.options("10%", "cookie:sid,source"), count: 3),
            sharedMirror: true)
        try eventually("all agents are up", evidence: stage.evidence) {
            try (1...3).allSatisfy { try stage.haproxy.statistics.health(of: "agent\($0)").isUp }
        }
        try send(rounds: 0..<4, stage)
        try settle(600, stage)
        let sessions = Self.sessions(stage.mirror, rounds: 4)
        #expect((1...37).contains(sessions.count), "\(sessions)")
        if version.speaksSPOP {
            #expect(try stage.agents.allSatisfy { try $0.counters()["received"] > 0 })
        }

        // A higher rate adds sessions and takes none out.
        for agent in stage.agents { _ = try agent.ask("set sample-rate 30%") }
        try send(rounds: 4..<6, stage)
        try settle(900, stage)
        let more = Self.sessions(stage.mirror, rounds: 2, from: 4)
        #expect(more.isSuperset(of: sessions) && more.count > sessions.count)

        // Without the cookie, the client's address counts: it is one for all of these.
        let before = stage.mirror.requests.count
        try stage.send((0..<40).map { "/x/\($0)" })
        try settle(940, stage)
        #expect([0, 40].contains(stage.mirror.requests.count - before))

        for agent in stage.agents {
            #expect(try agent.counters()["without_key"] == 0)
            let answers = try ["show settings", "show settings json", "show info json", "save state"].map {
                try agent.ask($0)
            }
            #expect(answers[0].contains("sample-salt: set (default not set, from option)"))
            #expect(!(answers.joined() + agent.process.log).contains("pepper"))
        }
    }

    @Test(
        "two agents that see the same requests mirror the same ones",
        arguments: HAProxyVersion.oldestAndNewest)
    func sameSessions(version: HAProxyVersion) throws {
        let options = Self.options("30%", "cookie:sid")
        let stage = try RecipeStage(
            version,
            RecipeFiles(
                main: "two-mirrors/haproxy.cfg", engine: "two-mirrors/spoe-mirror.conf",
                processingTimeout: "5s"),
            agents: [options, options])
        // The second engine sends no GETs.
        try send(rounds: 0..<3, method: "POST", stage)
        try settle(900, stage)
        let sessions = stage.mirrors.map { Self.sessions($0, rounds: 3) }
        #expect(sessions[0] == sessions[1])
        #expect((12...78).contains(sessions[0].count))

        // Another salt, and they differ; the first one again, and they do not.
        let first = try stage.agents[1].ask("set sample-salt another; reset sample-salt")
        #expect(first == "Sample salt is now set (was set).\n\nSample salt reset to set (was set).\n\n")
        _ = try stage.agents[1].ask("set sample-salt another")
        try send(rounds: 3..<4, method: "POST", stage)
        try settle(1_200, stage)
        #expect(
            Self.sessions(stage.mirrors[0], rounds: 1, from: 3)
                != Self.sessions(stage.mirrors[1], rounds: 1, from: 3))
    }

    @Test(
        "each kind of key is found in what HAProxy sends",
        arguments: ["header:X-User", "query:user", "cookie:none,query:user"], HAProxyVersion.oldestAndNewest)
    func kinds(keys: String, version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version, RecipeFiles(engine: "whole-sessions/spoe-mirror.conf"),
            agents: [Self.options("50%", keys)])
        try send(rounds: 0..<2, stage)
        try settle(300, stage)
        #expect((38...112).contains(Self.sessions(stage.mirror, rounds: 2).count))
        let plain = try stage.agent.counters()
        #expect(plain["without_key"] == 0 && plain.isBalanced)

        // The client's address is one for all.
        _ = try stage.agent.ask("set sample-key cookie:none,source")
        try send(rounds: 2..<3, stage)
        try settle(450, stage)
        #expect([0, 150].contains(Self.sessions(stage.mirror, rounds: 1, from: 2).count))

        _ = try stage.agent.ask("set sample-key cookie:none")
        try send(rounds: 3..<4, stage)
        try settle(600, stage)
        let counters = try stage.agent.counters()
        #expect(counters["without_key"] == 150 && counters.isBalanced)
        // At random, six standard deviations around 75.
        #expect((38...112).contains(Self.sessions(stage.mirror, rounds: 1, from: 3).count))
    }

    // MARK: sessions

    /// One request of each of 150 sessions in each round, each on a connection of its own.
    private func send(rounds: Range<Int>, method: String = "GET", _ stage: RecipeStage) throws {
        for round in rounds {
            for session in 0..<150 {
                let fields = [
                    HeaderField("Cookie", "theme=dark; sid=s\(session)"),
                    HeaderField("X-User", "u\(session)"),
                ]
                try stage.send(
                    Request(
                        method: method, target: "/\(session)/\(round)?a=1&user=\(session)", fields: fields))
            }
        }
    }

    /// Waits until the agents together have got `count` requests, and all of those have come to their end.
    private func settle(_ count: Int, _ stage: RecipeStage) throws {
        try eventually("\(count) requests end", evidence: stage.evidence) {
            let counters = try stage.agents.map { try $0.counters() }
            return counters.map { $0["received"] }.reduce(0, +) == count && counters.allSatisfy(\.isSettled)
        }
    }

    /// The sessions that have come to `mirror` from round `first` on; each of them with all of its `rounds`.
    private static func sessions(_ mirror: RecordingMirror, rounds: Int, from first: Int = 0) -> Set<Int> {
        let pairs = mirror.requests.compactMap { request -> (session: Int, round: Int)? in
            let parts = request.target.split { "/?".contains($0) }.compactMap { Int($0) }
            return parts.count == 2 && (first..<first + rounds).contains(parts[1])
                ? (parts[0], parts[1]) : nil
        }
        let sessions = Dictionary(grouping: pairs, by: \.session)
        for (session, requests) in sessions {
            #expect(requests.count == rounds, "a part of session \(session)")
        }
        return Set(sessions.keys)
    }
}
