import Testing

extension EndToEnd {
    /// What docs/recipes.md says, with the files of examples/haproxy.
    @Suite("Recipes")
    struct Recipes {}
}

extension EndToEnd.Recipes {
    @Test("mirror everything", arguments: HAProxyVersion.available)
    func everything(version: HAProxyVersion) throws {
        let stage = try RecipeStage(version)
        let methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
        for method in methods {
            let body = Array("body of \(method)".utf8)
            try stage.send(
                Request(method: method, target: "/all/\(method)?a=1", body: method == "HEAD" ? [] : body))
        }
        #expect(try stage.copies(of: methods.count).count == methods.count)
        for served in stage.production.requests {
            let copy = try stage.mirror.request(for: served.target, evidence: stage.evidence)
            #expect(served.method == copy.method)
            #expect(served.body == copy.body)
        }
    }

    @Test(
        "only /search", arguments: ["search-only/spoe-mirror.conf", "search-only/spoe-mirror-named.conf"],
        HAProxyVersion.available)
    func searchOnly(engine: String, version: HAProxyVersion) throws {
        let stage = try RecipeStage(version, RecipeFiles(engine: engine))
        let copied = ["/search", "/search?q=a", "/search/deep/er"]
        let internals = ["/search/internal", "/search/internal/x"]
        let others = ["/", "/x/search", "/Search", "/?/search"]
        try stage.send(others + internals + copied)

        let expected = engine.hasSuffix("-named.conf") ? copied : internals + copied
        #expect(try stage.copies(of: expected.count) == expected.sorted())
        #expect(try stage.agent.counters()["received"] == expected.count)
        #expect(stage.production.requests.count == 9)
    }

    @Test("a sample taken by HAProxy", arguments: HAProxyVersion.available)
    func sampleInHAProxy(version: HAProxyVersion) throws {
        let stage = try RecipeStage(version, RecipeFiles(engine: "sample/spoe-mirror.conf"))
        try stage.send((0..<1_000).map { "/sample/\($0)" })
        let copies = try stage.copies(of: 1)

        // Six standard deviations around 100; the others have not left HAProxy.
        #expect((43...157).contains(copies.count), "\(copies.count)")
        #expect(try stage.agent.counters()["received"] == copies.count)
        #expect(stage.production.requests.count == 1_000)
    }

    @Test("a sample taken by the agent", arguments: HAProxyVersion.oldestAndNewest)
    func sampleInAgent(version: HAProxyVersion) throws {
        let stage = try RecipeStage(version, agents: [["--sample-rate", "10%"]])
        try stage.send((0..<1_000).map { "/sample/\($0)" })
        let account = try stage.agent.account(of: 1_000)

        #expect((43...157).contains(stage.mirror.requests.count), "\(account)")
        #expect(account["received"] == 1_000)
        #expect(account["skipped_sampled"] == 1_000 - stage.mirror.requests.count)
    }

    @Test("a switch in a map, over the Runtime API", arguments: HAProxyVersion.available)
    func mapSwitch(version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version,
            RecipeFiles(
                main: "switch/haproxy.cfg", engine: "switch/spoe-mirror.conf",
                others: ["switch/mirroring.map"]))
        let runtime = HAProxyStatistics(socket: .unix(stage.directory.file("admin.sock")))
        let map = stage.directory.file("mirroring.map")
        let before = contents(of: map)

        try stage.send(["/switch/on"])
        #expect(try runtime.run("set map \(map) web off")?.contains("not") == false)
        try stage.send(["/switch/off"])
        #expect(try #require(try runtime.run("show map \(map)")).contains("web off"))
        #expect(try runtime.run("set map \(map) web on")?.contains("not") == false)
        try stage.send(["/switch/on/again"])
        #expect(try runtime.run("del map \(map) web")?.contains("not") == false)
        try stage.send(["/switch/gone"])

        #expect(try stage.copies(of: 2) == ["/switch/on", "/switch/on/again"])
        #expect(try stage.agent.counters()["received"] == 2)
        #expect(contents(of: map) == before)
    }

    @Test("headers edited with regsub", arguments: HAProxyVersion.available)
    func headers(version: HAProxyVersion) throws {
        let stage = try RecipeStage(version, RecipeFiles(engine: "headers/spoe-mirror.conf"))
        let secret = HeaderField("Authorization", "Basic c2VjcmV0")
        let cookie = HeaderField("Cookie", "a=1; session=4711; b=2")
        let host = HeaderField("Host", "www.example.test")
        let plain = HeaderField("X-Plain", "authorization: not a field; host: neither")
        let redacted = [
            "a=1; session=4711; b=2": "a=1; session=redacted; b=2", "session=4711": "session=redacted",
            "mysession=1;session=2": "mysession=1;session=redacted",
        ]
        let orders = [
            [secret, host, cookie, plain], [host, secret, secret, cookie, plain],
            [plain, host, cookie, secret],
            [host, plain], [cookie, host, plain],
        ]
        for (index, fields) in orders.enumerated() {
            let request = Request(
                method: "POST", target: "/headers/\(index)", fields: fields, body: [1, 2, 3])
            try stage.send(request)
            let served = try stage.production.request(for: request.target)
            let copy = try stage.mirror.request(for: request.target, evidence: stage.evidence)

            let expected = served.head.fields.filter { $0.name != "authorization" }.map { field in
                switch field.name {
                case "host": HeaderField("host", "staging.example")
                case "cookie": HeaderField("cookie", redacted[field.value] ?? field.value)
                default: field
                }
            }
            #expect(copy.head.fields.filter { $0.name != "X-Mirrored-By" } == expected)
            #expect(copy.body == request.body)
            #expect(served.head.values(of: "authorization").count == fields.filter { $0 == secret }.count)
            #expect(served.head["host"] == host.value)
        }
    }

    @Test("two mirrors, each with an engine and an agent of its own", arguments: HAProxyVersion.available)
    func twoMirrors(version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version,
            RecipeFiles(
                main: "two-mirrors/haproxy.cfg", engine: "two-mirrors/spoe-mirror.conf",
                processingTimeout: "5s"),
            agents: [[], []])
        for (method, target) in [("GET", "/two/get"), ("POST", "/two/post"), ("DELETE", "/two/delete")] {
            try stage.send(Request(method: method, target: target))
        }
        #expect(try stage.copies(of: 3, agent: 0) == ["/two/delete", "/two/get", "/two/post"])
        #expect(try stage.copies(of: 2, agent: 1) == ["/two/delete", "/two/post"])

        // One of the two being gone is nothing to the other.
        stage.agents[0].process.kill()
        try stage.send(Request(method: "POST", target: "/two/alone"))
        _ = try stage.mirrors[1].request(for: "/two/alone", evidence: stage.evidence)
    }

    @Test("HAProxy's log tells which requests were mirrored", arguments: HAProxyVersion.available)
    func mirrorLog(version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version, RecipeFiles(main: "mirror-log/haproxy.cfg"),
            agents: [["--methods", "GET", "--request-log", "on"]])
        try stage.send(Request(target: "/log/selected"))
        try stage.send(Request(method: "POST", target: "/log/skipped"))
        let ring = "show events \(HAProxyConfiguration.filterLog)"
        let lines = try eventually("both are logged", evidence: stage.evidence) {
            let events = try stage.haproxy.statistics.run(ring) ?? ""
            let lines = events.split(separator: "\n").filter { $0.contains(" mirror=") }
            return lines.count == 2 ? lines : nil
        }
        // HAProxy's threads log in any order.
        let ends = lines.map { $0.drop { $0 != "\"" } }.sorted()
        let request = try eventually("the agent logs its copy", evidence: stage.evidence) {
            stage.agent.process.log.split(separator: "\n").first { $0.contains("/log/selected") }
        }
        let id = try #require(request.split(separator: " ").first { $0.hasPrefix("id=") }).dropFirst(3)
        #expect(
            ends == [
                "\"GET /log/selected HTTP/1.1\" mirror=\(id)/-",
                "\"POST /log/skipped HTTP/1.1\" mirror=-/method",
            ])
    }

    @Test("the end that HAProxy has seen tells a whole body", arguments: HAProxyVersion.available)
    func wholeBodies(version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version, RecipeFiles(engine: "whole-bodies/spoe-mirror.conf"),
            agents: [["--unknown-length", "drop"]])
        for (target, size) in [("/whole/small", 10), ("/whole/cut", 60_000), ("/whole/more", 14_000)] {
            try stage.send(
                Request(
                    method: "POST", target: target, body: [UInt8](repeating: 0x78, count: size),
                    framing: .chunks(size)))
        }
        #expect(try stage.copies(of: 3) == ["/whole/more", "/whole/small"])
        #expect(try stage.agent.counters()["dropped_truncated"] == 1)
    }

    @Test("an agent on a UNIX socket", arguments: HAProxyVersion.available)
    func unixSocket(version: HAProxyVersion) throws {
        let stage = try RecipeStage(
            version, RecipeFiles(main: "unix-socket/haproxy.cfg"), socket: "/run/spoa-mirror/spop.sock")
        try stage.send(["/unix/1", "/unix/2"])
        #expect(try stage.copies(of: 2) == ["/unix/1", "/unix/2"])
    }
}
