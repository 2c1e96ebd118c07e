import Testing

extension EndToEnd {
    /// `--request-log all` answers "why was this one not mirrored?" for every request.
    @Suite("What became of each request")
    struct FateTests {
        typealias Message = SPOPClient.Message

        private static let script: RecordingMirror.Script = { request in
            switch request.target {
            case "/hang": .hang
            case "/missing": .bytes(Array("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".utf8))
            default: .ok
            }
        }

        private static func lines(_ log: String) -> [Substring] {
            log.split(separator: "\n").filter { $0.contains(" info request ") }
        }

        private static func agent(_ mirror: RecordingMirror, _ arguments: String...) throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--drain-timeout", "100ms"] + arguments,
                in: try TemporaryDirectory())
        }

        @Test("every end that is counted has as many lines")
        func everyEnd() throws {
            let mirror = try RecordingMirror(Self.script)
            let agent = try Self.agent(
                mirror, "--request-log", "all", "--request-log-rate", "100000", "-n", "2", "-m", "2097152")
            let client = try SPOPClient(agent.endpoint, maxFrameSize: 2 << 20)
            func notify(_ message: Message, after commands: String, then undo: String) throws {
                _ = try agent.ask(commands)
                try client.notify(message)
                _ = try agent.ask(undo)
            }
            let host = HeaderField("host", "h")
            try client.notify(.init(target: "/ok?secret", id: "uid-1"))
            try client.notify(.init(target: "/missing"))
            try client.notify(.init(target: "/nowhere", to: ""))
            try client.notify(
                .init(target: "/loop", fields: [host, HeaderField("x-mirrored-by", "spoa-mirror")]))
            try client.notify(.init(target: "/cut", fields: [host, HeaderField("content-length", "9")]))
            try client.notify(.init(method: "GET /", target: "/bad"))
            let long = HeaderField("x-long", String(repeating: "x", count: 983_041))
            try client.notify(.init(target: "/large", fields: [host, long]))
            _ = try agent.account(of: 7)
            try notify(
                .init(method: "POST", target: "/method"), after: "set methods safe", then: "set methods all")
            try notify(
                .init(target: "/sampled"), after: "set sample-rate 0%", then: "set sample-rate 100%")
            try notify(.init(target: "/paused?secret", id: "uid-2"), after: "pause", then: "resume")
            // Two in one NOTIFY come at once.
            _ = try agent.ask("set max-rate 1/s")
            try client.notify(payload: Message(target: "/rate").payload + Message(target: "/rate").payload)
            _ = try agent.ask("set max-rate none")
            try notify(
                .init(target: "/gone"), after: "set url http://127.0.0.1:\(Ports.free())/",
                then: "set url http://127.0.0.1:\(mirror.port)/; set max-in-flight 1; set max-queue 1")
            _ = try agent.account(of: 13)
            try client.notify(.init(target: "/hang"))
            try eventually("one hangs") { try agent.counters()["in_flight"] == 1 }
            _ = try agent.ask("set url http://127.0.0.1:\(Ports.free())/; flush")
            _ = try agent.ask("set url http://127.0.0.1:\(mirror.port)/")
            for target in ["/hang", "/waits"] {
                try client.notify(.init(target: target))
                let name = target == "/hang" ? "in_flight" : "queued"
                try eventually("\(target) is \(name)") { try agent.counters()[name] == 1 }
            }
            try client.notify(.init(target: "/full"))
            _ = try agent.ask("set max-queue-age 50ms")
            try eventually("one that waits expires") { try agent.counters()["dropped_expired"] == 1 }
            _ = try agent.ask("set url http://127.0.0.1:\(Ports.free())/")
            try eventually("the breaker opens and refuses one") {
                try client.notify(.init(target: "/refused"))
                return try agent.counters()["dropped_breaker"] > 0
            }
            try eventually("one hangs still") {
                let counters = try agent.counters()
                return counters["queued"] == 0 && counters["in_flight"] == 1
            }

            let counters = try agent.counters()
            let ends = counters.values.keys.filter { name in
                ["skipped_", "dropped_"].contains { name.hasPrefix($0) } && !name.hasSuffix("_per_sec")
            }
            #expect(ends.filter { counters[$0] == 0 } == ["dropped_shutdown"], "\(counters)")
            let errors = try agent.ask("show errors")
            #expect(try agent.process.terminate() == .status(0))
            let log = Self.lines(agent.process.log)
            #expect(log.count == counters["received"], "\(agent.process.log)")
            for end in ends + ["failed_connect"] {
                #expect(log.count { $0.contains(" \(end): ") } == max(1, counters[end]), "\(end)")
                let isError = !end.hasPrefix("skipped_") && end != "dropped_shutdown"
                #expect(errors.contains(" \(end) ") == isError, "\(end) in \(errors)")
            }
            #expect(log.count { $0.hasSuffix(" ok") } == 3)
            let url = "http://127.0.0.1:\(mirror.port)"
            func hasLine(_ start: String, _ end: String) -> Bool {
                log.contains { $0.contains(" request \(start) ") && $0.hasSuffix(end) }
            }
            #expect(
                hasLine(
                    "GET \(url)/paused - - id=- sid=10 uid=uid-2",
                    "up=0 down=0 ms=0.0 skipped_paused: mirroring is paused"))
            #expect(hasLine("GET \(url)/ok HTTP/1.1 200", " ok"))
            #expect(log.contains { $0.contains(" sid=1 uid=uid-1 up=") })
            #expect(!agent.process.log.contains("secret"))
        }

        @Test("messages past the 64th of a NOTIFY have one line that counts them")
        func excess() throws {
            let mirror = try RecordingMirror()
            let agent = try Self.agent(mirror, "--request-log", "all")
            try SPOPClient(agent.endpoint).notify(
                payload: Array(repeating: Message(target: "/many").payload, count: 70).flatMap { $0 })
            #expect(try agent.account(of: 70)["dropped_malformed"] == 6)
            let end =
                " - - id=- sid=1 up=0 down=0 ms=0.0 dropped_malformed: 6 requests behind the 64th message of"
            try eventually("it is in the log", evidence: { agent.process.log }) {
                agent.process.log.contains(end)
            }
            #expect(
                try agent.ask("show errors").contains(" - - - dropped_malformed 6 requests behind the 64th"))
        }

        @Test("a flood is sampled: its lines and those left out are all there were, and others are seen")
        func flood() throws {
            let mirror = try RecordingMirror()
            let agent = try Self.agent(
                mirror, "--request-log", "all", "--sample-rate", "0%", "-n", "2", "-i", "100ms")
            let payload = Array(repeating: Message(target: "/flood").payload, count: 50).flatMap { $0 }
            let endpoint = agent.endpoint
            _ = try concurrently(2) { _ in
                let client = try SPOPClient(endpoint)
                for _ in 0..<500 { try client.notify(payload: payload) }
            }
            #expect(try agent.account(of: 50_000) == ["received": 50_000, "skipped_sampled": 50_000])
            _ = try agent.ask("set sample-rate 100%")
            try SPOPClient(agent.endpoint).notify(.init(target: "/seen"))
            _ = try agent.account(of: 50_001)
            #expect(try agent.process.terminate() == .status(0))
            let log = agent.process.log
            let leftOut = log.matches(of: #/ notice request log: (\d+) lines left out/#).compactMap {
                Int($0.1)
            }
            #expect(!leftOut.isEmpty)
            #expect(Self.lines(log).count + leftOut.reduce(0, +) == 50_001)
            #expect(log.contains("/seen "))
        }

        @Test("the mode at a request's end counts, whatever it was at its start")
        func modeChanges() throws {
            let mirror = try RecordingMirror(Self.script)
            let agent = try Self.agent(mirror, "--paused")
            let client = try SPOPClient(agent.endpoint)
            try client.notify(.init(target: "/first"))
            #expect(try agent.ask("set request-log all").contains("Request log set to all (was off)."))
            #expect(
                try agent.ask("set request-log-rate 0").contains("(a number from 1 to 100000 expected)"))
            #expect(try agent.ask("set request-log-rate 5").contains("set to 5 (was auto)."))
            try client.notify(.init(target: "/second"))
            _ = try agent.ask("set request-log off; resume")
            try client.notify(.init(target: "/hang"))
            try eventually("it is under way") { try agent.counters()["in_flight"] == 1 }
            _ = try agent.ask("set request-log all")
            #expect(try agent.process.terminate() == .status(0))
            let log = Self.lines(agent.process.log)
            #expect(log.count == 2, "\(agent.process.log)")
            #expect(
                log.first?.contains("/second ") == true && log.first?.contains(" skipped_paused: ") == true)
            #expect(log.last?.contains("/hang ") == true && log.last?.contains(" dropped_shutdown: ") == true)
        }

        @Test(
            "a request that is skipped is found by the unique id in HAProxy's log",
            arguments: HAProxyVersion.available)
        func uniqueID(version: HAProxyVersion) throws {
            let scenario = try Scenario(
                version, agentArguments: ["--request-log", "all", "--methods", "GET"]
            ) {
                $0.messageArguments += ["arg_id=unique-id"]
                $0.frontendLines = [
                    #"unique-id-format "%{+X}o%pid-%rt-%Ts""#,
                    "log ring@\(HAProxyConfiguration.filterLog) format raw local0",
                    #"log-format "found %HU uid=%ID rt=%rt""#,
                ]
            }
            let frontend = scenario.frontend
            let targets = try concurrently(4) { client in
                var connection = try RawClient(frontend)
                return try ["GET", "POST", "GET", "POST"].enumerated().map { number, method in
                    let target = "/\(method)/\(client)/\(number)"
                    _ = try connection.exchange(Request(method: method, target: target))
                    return target
                }
            }.flatMap { $0 }
            try eventually("all have their line", evidence: scenario.evidence) {
                Self.lines(scenario.agent.log).count == targets.count
            }
            let events = try eventually("HAProxy logs all", evidence: scenario.evidence) {
                let text = try scenario.haproxy.statistics.run(
                    "show events \(HAProxyConfiguration.filterLog)")
                let lines = (text ?? "").split(separator: "\n").filter { $0.contains("found /") }
                return lines.count == targets.count ? lines : nil
            }
            let log = Self.lines(scenario.agent.log)
            for target in targets {
                let event = try #require(events.first { $0.contains("found \(target) ") })
                let match = try #require(event.firstMatch(of: #/uid=(\S+) rt=(\d+)/#))
                let line = try #require(log.first { $0.contains(" uid=\(match.1) ") })
                #expect(line.contains("\(target) "), "\(line) \(event)")
                // Since 3.1 it is a number within one connection.
                if version.agentMode == .tcp {
                    #expect(line.contains(" sid=\(match.2) "), "\(line) \(event)")
                }
                let isCopy = target.hasPrefix("/GET")
                #expect(
                    isCopy
                        ? line.hasSuffix(" ok")
                        : line.contains(" id=- ") && line.contains(" skipped_method: "))
            }
        }
    }
}
