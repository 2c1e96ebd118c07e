import Testing

extension EndToEnd.Recipes {
    @Test(
        "the filter added and removed, as the Data Plane API leaves the file",
        arguments: HAProxyVersion.available)
    func dataPlane(version: HAProxyVersion) throws {
        let changes = version.speaksSPOP ? [("mode tcp", "mode spop")] : []
        let stage = try RecipeStage(
            version, RecipeFiles(main: "data-plane-api/haproxy.cfg", changes: changes))
        let file = stage.directory.file("haproxy.cfg")
        let with = contents(of: file)
        let lines = with.split(separator: "\n", omittingEmptySubsequences: false)
        let without = lines.filter { !$0.hasPrefix("    filter spoe ") }.joined(separator: "\n")
        #expect(without != with)

        // The Data Plane API writes the file and reloads HAProxy.
        let report = try Traffic.flow(
            to: stage.frontend, connections: .onePerRequest, prefix: "/with"
        ) { traffic in
            try more(traffic, stage)
            _ = try stage.directory.write(without, to: "haproxy.cfg")
            try stage.haproxy.reload()
            try more(traffic, stage)
        }
        #expect(report.failures.isEmpty, "\(report.failures.prefix(5)) \(stage.evidence())")

        let received = try stage.agent.counters()["received"]
        try stage.send(["/without/1", "/without/2"])
        #expect(try stage.agent.counters()["received"] == received)

        _ = try stage.directory.write(with, to: "haproxy.cfg")
        try stage.haproxy.reload()
        try stage.send(["/with/again"])
        _ = try stage.mirror.request(for: "/with/again", evidence: stage.evidence)
        #expect(!stage.mirror.requests.contains { $0.target.hasPrefix("/without") })
    }

    private func more(_ traffic: Traffic, _ stage: RecipeStage) throws {
        let answered = traffic.requests
        try eventually("traffic flows", evidence: stage.evidence) { traffic.requests >= answered + 100 }
    }
}
