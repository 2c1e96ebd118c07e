import Testing

extension EndToEnd.Recipes {
    @Test("staging and an IDS from one NOTIFY, chosen by a map", arguments: HAProxyVersion.available)
    func stagingAndIDS(version: HAProxyVersion) throws {
        let ids = try RecordingMirror()
        let stage = try RecipeStage(
            version,
            RecipeFiles(engine: "destinations/spoe-mirror.conf", others: ["destinations/mirror.map"]),
            agents: [["--destination", "ids=http://127.0.0.1:\(ids.port)/"]])
        try stage.send(["/", "/login", "/api/1", "/static/a.css"])
        #expect(try stage.copies(of: 4) == ["/", "/api/1"])
        var books: [String: DestinationFigures] = [:]
        try eventually("the IDS has answered", evidence: stage.evidence) {
            books = try DestinationsStage.figures(stage.agent)
            return books["ids"]?["completed"] == 2
        }
        #expect(ids.requests.map(\.target).sorted() == ["/api/1", "/login"])
        #expect(books["default"]?["received"] == 2 && books["ids"]?["received"] == 2)
        let counters = try stage.agent.counters()
        #expect(counters["skipped_no_destination"] == 1 && counters["unknown_destinations"] == 1)

        // A mirror that dies is none of the other's business.
        ids.stop()
        try stage.send((0..<20).map { "/api/after/\($0)" })
        try eventually("the first has all", evidence: stage.evidence) {
            try DestinationsStage.figures(stage.agent)["default"]?["completed"] == 22
        }
    }
}
