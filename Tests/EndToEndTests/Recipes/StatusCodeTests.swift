import Foundation
import Testing

extension EndToEnd {
    /// What docs/troubleshooting.md says of `st=` in HAProxy's log.
    @Suite("Status codes in HAProxy's log")
    struct StatusCodes {
        @Test(
            "256 and the code with which the agent said goodbye", arguments: Array(0...13) + [99, 200],
            HAProxyVersion.available)
        func goodbye(code: UInt32, version: HAProxyVersion) throws {
            let line = try Self.lineAfterRequest(version, FakeAgent(.disconnect(code)))
            // HAProxy 3.1 and newer take a normal goodbye, in place of an ACK, for the loss of the connection.
            let expected = version.speaksSPOP && code == 0 ? 257 : 256 + Int(code)
            #expect(line.status == expected, "\(line.text)")
        }

        @Test("every code is in docs/troubleshooting.md")
        func documented() throws {
            let rows = try Example.document("troubleshooting.md").split(separator: "\n")
            for status in Array(0...5) + [255] + Array(256...269) + [355] {
                #expect(rows.contains { $0.hasPrefix("| \(status) | ") }, "\(status)")
            }
        }

        @Test("1: no answer within timeout processing", arguments: HAProxyVersion.available)
        func noAnswer(version: HAProxyVersion) throws {
            let line = try Self.lineAfterRequest(version, FakeAgent(.hang)) { $0.processingTimeout = "300ms" }
            #expect(line.status == 1, "\(line.text)")
        }

        @Test("257: the agent has closed the connection", arguments: HAProxyVersion.available)
        func closed(version: HAProxyVersion) throws {
            let line = try Self.lineAfterRequest(version, FakeAgent(.close))
            #expect(line.status == 257, "\(line.text)")
        }

        @Test("1: nobody listens, and HAProxy tries again", arguments: HAProxyVersion.available)
        func nobody(version: HAProxyVersion) throws {
            let line = try Self.lineAfterRequest(version, at: .loopback(Ports.free())) {
                $0.processingTimeout = "300ms"
            }
            #expect(line.status == 1, "\(line.text)")
        }

        @Test("all agents out, and no condition: 2, from 3.1 on 257", arguments: HAProxyVersion.available)
        func allOut(version: HAProxyVersion) throws {
            let scenario = try allOut(version) { $0.condition = "" }
            let line = try #require(try scenario.filterLog(atLeast: 1).last)
            #expect(line.status == (version.speaksSPOP ? 257 : 2), "\(line.text)")
        }

        @Test("all agents out: no event", arguments: HAProxyVersion.available)
        func noEvent(version: HAProxyVersion) throws {
            let scenario = try allOut(version) { _ in }
            // HAProxy logs an event when its stream ends: the first one's line would be there before the second answer.
            #expect(try scenario.send(Request(target: "/out/again")).status == 200)
            #expect(scenario.haproxy.filterLog.isEmpty)
        }

        private func allOut(
            _ version: HAProxyVersion, configure: (inout HAProxyConfiguration) -> Void
        ) throws -> Scenario {
            let scenario = try Scenario(version, configure: configure)
            #expect(try scenario.agent.terminate() == .status(0))
            try eventually("the agent is down", evidence: scenario.evidence) {
                try scenario.haproxy.statistics.agentHealth().isDown
            }
            #expect(try scenario.send(Request(target: "/out")).status == 200)
            return scenario
        }

        @Test(
            "the examples without their agent: 1 or 257, then no event", arguments: HAProxyVersion.available)
        func examplesAlone(version: HAProxyVersion) throws {
            let stage = try RecipeStage(version, RecipeFiles(processingTimeout: "2s"))
            try stage.send(["/alone/before"])
            #expect(try stage.logLine().status == 0)
            stage.agent.process.kill()
            try eventually("no event", evidence: stage.evidence) {
                let before = stage.haproxy.filterLog.count
                // HAProxy logs an event when its stream ends: look behind the second answer.
                try stage.send(["/alone/after"])
                try stage.send(["/alone/after"])
                return stage.haproxy.filterLog.count == before
            }
            let statuses = Set(stage.haproxy.filterLog.dropFirst().map(\.status))
            #expect(statuses.isSubset(of: version.speaksSPOP ? [257] : [1, 2]), "\(statuses)")
        }

        @Test("3: a copy over HAProxy's own max-frame-size", arguments: HAProxyVersion.available)
        func overOwnLimit(version: HAProxyVersion) throws {
            let scenario = try Scenario(version) {
                $0.maxFrameSize = 512
                $0.agentLines = ["no option send-frag-payload"]
            }
            let request = Request(method: "POST", target: "/over", body: [UInt8](repeating: 65, count: 2_000))
            #expect(try scenario.send(request).status == 200)
            let line = try #require(try scenario.filterLog(atLeast: 1).last)
            #expect(line.status == 3, "\(line.text)")
        }

        @Test(
            "3: a body in one of 3.4's large buffers",
            arguments: HAProxyVersion.available.filter { $0 == .v3_4 }, [true, false])
        func largeBuffer(version: HAProxyVersion, isAfterRules: Bool) throws {
            let scenario = try Scenario(version) {
                $0.globalLines = ["tune.bufsize.large 65536"]
                $0.frontendLines = ["http-request wait-for-body time 10s use-large-buffer"]
                if isAfterRules { $0.event = "on-backend-http-request" }
            }
            let request = Request(
                method: "POST", target: "/large", body: [UInt8](repeating: 65, count: 30_000))
            #expect(try scenario.send(request).status == 200)
            let line = try #require(try scenario.filterLog(atLeast: 1).last)
            // The frontend's event comes before the rule, and sends the part of the body that a usual buffer holds.
            #expect(line.status == (isAfterRules ? 3 : 0), "\(line.text)")
            #expect(scenario.production.requests.map(\.body.count) == [30_000])
        }

        @Test(
            "a client that half-closes has gone, for 3.4: its request is given up",
            arguments: HAProxyVersion.available)
        func halfClosed(version: HAProxyVersion) throws {
            let scenario = try Scenario(
                version, agentArguments: ["--processing-delay", "1s", "-i", "100ms"])
            let client = try Socket.connect(to: scenario.frontend)
            try client.write(Request(target: "/half").bytes)
            try eventually("the agent has the copy", evidence: scenario.evidence) {
                scenario.agent.summary?["received"] == 1
            }
            client.endWriting()
            var reader = HTTPReader(client)
            let response = try? reader.response(to: "GET")
            #expect((response?.status == 200) == (version != .v3_4), "\(response?.status ?? 0)")
            _ = try scenario.copy(of: "/half")
        }

        @Test(
            "the agent stops, or is killed, while it owes an ACK", arguments: [SIGTERM, SIGKILL],
            HAProxyVersion.available)
        func agentEnds(signal: Int32, version: HAProxyVersion) throws {
            let scenario = try Scenario(
                version, agentArguments: ["--processing-delay", "1h", "-i", "100ms"])
            let client = try Socket.connect(to: scenario.frontend)
            try client.write(Request(target: "/ends").bytes)
            try eventually("the agent has the copy", evidence: scenario.evidence) {
                scenario.agent.summary?["received"] == 1
            }
            scenario.agent.send(signal: signal)
            var reader = HTTPReader(client)
            #expect(try reader.response(to: "GET").status == 200)
            let line = try #require(try scenario.filterLog(atLeast: 1).last)
            // Who stops in order acknowledges first. HAProxy 2.6 waits for an ACK that might come over another
            // connection ("async"), until timeout processing is over.
            let expected = signal == SIGTERM ? 0 : version == .debian ? 1 : 257
            #expect(line.status == expected, "\(line.text)")
        }

        @Test("the fields of the line", arguments: HAProxyVersion.available)
        func fields(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            for number in 1...3 { try scenario.send(Request(target: "/fields/\(number)")) }
            let line = try #require(try scenario.filterLog(atLeast: 3).last)
            let start = "SPOE: [mirror] <EVENT:on-frontend-http-request> sid=\(line.stream) st=0 "
            #expect(line.text.contains(start))
            let rest = try #require(line.text.components(separatedBy: start).last)
            // HAProxy 3.1 and newer count errors where there are none.
            let shape =
                version.speaksSPOP
                ? /[0-9]+ [0-9]+\/3/ : /[0-9]+\/[0-9]+\/[0-9]+\/[0-9]+\/[0-9]+ [0-9]+\/[0-9]+ 0\/0 0\/3/
            #expect(rest.wholeMatch(of: shape) != nil, "\(rest)")
        }

        @Test("the code in a variable of the request", arguments: HAProxyVersion.available)
        func variable(version: HAProxyVersion) throws {
            let agent = try FakeAgent(.disconnect(3))
            let stage = try Stage(version, at: agent.endpoint) {
                $0.agentLines = ["option set-on-error error", "option set-process-time ms"]
                $0.frontendLines = [
                    "http-after-response set-header X-Error %[var(txn.mirror.error)]",
                    "http-after-response set-header X-Time %[var(txn.mirror.ms)]",
                ]
            }
            var client = try RawClient(stage.frontend)
            let response = try client.exchange(Request(target: "/variable"))
            #expect(response.head["x-error"] == "259")
            #expect(response.head["x-time"].flatMap { Int($0) } != nil)
        }

        /// HAProxy with production behind it and any agent.
        private final class Stage {
            let directory: TemporaryDirectory
            let production: RecordingMirror
            let haproxy: HAProxyProcess
            let frontend: Endpoint

            init(
                _ version: HAProxyVersion, at agent: Endpoint,
                configure: (inout HAProxyConfiguration) -> Void
            ) throws {
                directory = try TemporaryDirectory()
                production = try RecordingMirror()
                var configuration = HAProxyConfiguration(
                    frontend: .loopback(try Ports.free()), production: .loopback(production.port),
                    agent: agent,
                    agentMode: version.agentMode)
                configuration.checksHealth = false
                configure(&configuration)
                frontend = configuration.frontend
                haproxy = try HAProxyProcess(version, configuration, in: directory)
            }
        }

        private static func lineAfterRequest(
            _ version: HAProxyVersion, _ agent: FakeAgent,
            configure: (inout HAProxyConfiguration) -> Void = { _ in }
        ) throws -> SPOELogLine {
            try lineAfterRequest(version, at: agent.endpoint, configure: configure)
        }

        /// What HAProxy logs about one request, which is served all the same.
        private static func lineAfterRequest(
            _ version: HAProxyVersion, at agent: Endpoint, configure: (inout HAProxyConfiguration) -> Void
        ) throws -> SPOELogLine {
            let stage = try Stage(version, at: agent, configure: configure)
            var client = try RawClient(stage.frontend)
            #expect(try client.exchange(Request(target: "/status")).status == 200)
            return try eventually("HAProxy logs the event", evidence: { stage.haproxy.log }) {
                stage.haproxy.filterLog.last
            }
        }
    }
}
