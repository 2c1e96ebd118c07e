import Testing

extension EndToEnd.Recipes {
    private static let large = RecipeFiles(main: "large-bodies/haproxy.cfg")

    private static func body(_ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
    }

    @Test("large bodies", arguments: HAProxyVersion.available)
    func largeBodies(version: HAProxyVersion) throws {
        let stage = try RecipeStage(version, Self.large)
        for (size, framing) in [
            (250_000, Request.Framing.length), (250_000, .chunks(8_000)), (20_000, .length),
        ] {
            let request = Request(
                method: "POST", target: "/large/\(size)/\(framing)", body: Self.body(size), framing: framing)
            try stage.send(request)
            let copy = try stage.mirror.request(for: request.target, evidence: stage.evidence)
            #expect(copy.body == request.body)
        }
        // What does not fit is served, and its copy is dropped and counted.
        for framing in [Request.Framing.length, .chunks(8_000)] {
            try stage.send(
                Request(method: "POST", target: "/large/too", body: Self.body(300_000), framing: framing))
        }
        let account = try stage.agent.account(of: 5)
        #expect(account == ["received": 5, "completed": 3, "responses_2xx": 3, "dropped_truncated": 2])
        #expect(stage.production.requests.map(\.body.count) == [250_000, 250_000, 20_000, 300_000, 300_000])
    }

    @Test(
        "large bodies and an agent that is told a smaller frame: st=259", arguments: HAProxyVersion.available)
    func largeBodiesBounded(version: HAProxyVersion) throws {
        let stage = try RecipeStage(version, Self.large, agents: [["-m", "16380"]])
        for (size, status) in [(100_000, 259), (10_000, 0)] {
            let request = Request(method: "POST", target: "/bounded/\(size)", body: Self.body(size))
            try stage.send(request)
            let line = try stage.logLine()
            #expect(line.status == status, "\(line.text)")
        }
        #expect(try stage.copies(of: 1) == ["/bounded/10000"])
        #expect(stage.production.requests.count == 2)
    }
}
