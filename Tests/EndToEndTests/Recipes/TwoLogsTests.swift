import Testing

extension EndToEnd.Recipes {
    /// A `global` section with a second log at level notice, as in Debian's own haproxy.cfg.
    @Suite("Recipes: two logs")
    struct TwoLogs {
        @Test(
            "with log global each SPOE line is there twice, with a log of its own once",
            arguments: [true, false],
            HAProxyVersion.available)
        func lines(isGlobal: Bool, version: HAProxyVersion) throws {
            let ring = "ring@\(HAProxyConfiguration.filterLog) format raw"
            let engine = try Example.text(
                "spoe-mirror.conf",
                replacing: [("timeout processing 500ms", "timeout processing 10s")]
                    + (isGlobal ? [] : [("\n    log global", "\n    log \(ring) local0")]))
            let stage = try RecipeStage(
                version, RecipeFiles(engineText: engine, globalLines: ["log \(ring) local1 notice"]))
            let targets = ["/two/1", "/two/2", "/two/3"]
            try stage.send(targets)
            #expect(try stage.copies(of: targets.count) == targets)
            let count = targets.count * (isGlobal ? 2 : 1)
            try eventually("HAProxy logs the events", evidence: stage.evidence) {
                stage.haproxy.filterLog.count >= count
            }
            #expect(stage.haproxy.filterLog.count == count)
        }
    }
}
