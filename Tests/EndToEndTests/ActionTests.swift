import Foundation
import Testing

extension EndToEnd {
    /// What an ACK says: which request is selected, or why it is not.
    @Suite("The action of an ACK")
    struct ActionTests {
        /// HAProxy writes the two variables into the ring that the filter logs to, one line a request.
        private static func scenario(_ version: HAProxyVersion, _ arguments: [String] = []) throws -> Scenario
        {
            try Scenario(version, agentArguments: ["--request-log", "on"] + arguments) {
                $0.agentLines = ["option var-prefix mirror"]
                $0.frontendLines = [
                    "log ring@\(HAProxyConfiguration.filterLog) format raw local0",
                    "log-format \"request %HU id=%[var(txn.mirror.id)] skip=%[var(txn.mirror.skip)]\"",
                ]
            }
        }

        /// `id` and `skip` by target, as HAProxy has logged them; `-` where one was not set.
        private static func variables(
            in scenario: Scenario, atLeast count: Int
        ) throws -> [String: (id: String, skip: String)] {
            try eventually("HAProxy logs \(count) requests", evidence: scenario.evidence) {
                let text = try scenario.haproxy.statistics.run(
                    "show events \(HAProxyConfiguration.filterLog)")
                var found: [String: (String, String)] = [:]
                for line in (text ?? "").split(separator: "\n") {
                    let words = line.split(separator: " ").map(String.init)
                    guard let start = words.firstIndex(of: "request"), words.count >= start + 4 else {
                        continue
                    }
                    found[words[start + 1]] = (
                        String(words[start + 2].dropFirst("id=".count)),
                        String(words[start + 3].dropFirst("skip=".count))
                    )
                }
                return found.count >= count ? found : nil
            }
        }

        /// The numbers in the agent's request log, by target.
        private static func loggedNumbers(_ log: String) -> [String: String] {
            var found: [String: String] = [:]
            for line in log.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let start = words.firstIndex(of: "request"), words.count > start + 2,
                    let path = words[start + 2].split(separator: "/", maxSplits: 2).last,
                    let id = words.first(where: { $0.hasPrefix("id=") })
                else { continue }
                found["/" + path] = String(id.dropFirst("id=".count))
            }
            return found
        }

        @Test(
            "a selected request is named, the same way in HAProxy's log and in ours",
            arguments: HAProxyVersion.available)
        func selected(version: HAProxyVersion) throws {
            let scenario = try Self.scenario(version)
            let report = try Traffic.flow(to: scenario.frontend, clients: 8, prefix: "/selected") { traffic in
                try eventually("200 requests") { traffic.requests >= 200 }
            }
            #expect(report.failures.isEmpty)
            let variables = try Self.variables(in: scenario, atLeast: report.requests)
            let logged = try eventually("the agent logs them all", evidence: scenario.evidence) {
                let logged = Self.loggedNumbers(scenario.agent.log)
                return logged.count >= report.requests ? logged : nil
            }
            #expect(Set(variables.values.map(\.id)).count == report.requests, "no number comes twice")
            for (target, (id, skip)) in variables {
                #expect(logged[target] == id, "\(target)")
                #expect(skip == "-")
                #expect(Int(id).map { 0 < $0 && $0 < 1 << 53 } == true, "\(id)")
            }
        }

        @Test(
            "one that is not is told why",
            arguments: HAProxyVersion.available,
            [["--paused"], ["--methods", "POST"], ["--sample-rate", "0%"]])
        func skipped(version: HAProxyVersion, arguments: [String]) throws {
            let reason = ["--paused": "paused", "--methods": "method"][arguments[0]] ?? "sampled"
            let scenario = try Self.scenario(version, arguments)
            for number in 0..<5 { try scenario.send(Request(target: "/skipped/\(number)")) }
            for (_, variable) in try Self.variables(in: scenario, atLeast: 5) {
                #expect(variable == ("-", reason))
            }
            try expectAcknowledged(5, in: scenario)
        }

        @Test("a message that names no request sets nothing", arguments: HAProxyVersion.available)
        func unknownMessage(version: HAProxyVersion) throws {
            let scenario = try Self.scenario(version, ["--message", "another"])
            for number in 0..<5 { try scenario.send(Request(target: "/unknown/\(number)")) }
            for (_, variable) in try Self.variables(in: scenario, atLeast: 5) {
                #expect(variable == ("-", "-"))
            }
            try expectAcknowledged(5, in: scenario)
        }

        @Test("an ACK that is held back says the same", arguments: HAProxyVersion.available)
        func heldBack(version: HAProxyVersion) throws {
            let scenario = try Self.scenario(version, ["--processing-delay", "20ms"])
            try scenario.send(Request(target: "/held"))
            let variable = try #require(try Self.variables(in: scenario, atLeast: 1)["/held"])
            #expect(Int(variable.id) != nil)
            #expect(variable.skip == "-")
        }

        @Test("each ACK has exactly one, and one of several copies is named")
        func severalMessages() throws {
            let mirror = try RecordingMirror()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--methods", "GET", "--request-log", "on"],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.process.endpoint)
            var get = SPOPClient.Message()
            get.target = "/first"
            var (second, post, other) = (get, get, get)
            second.target = "/second"
            post.method = "POST"
            other.name = "other"

            func actions(_ messages: SPOPClient.Message...) throws -> [SPOPFrame.Action] {
                try client.notify(payload: messages.flatMap(\.payload)).actions()
            }
            func id(_ actions: [SPOPFrame.Action]) -> String? {
                guard case .set(scope: 2, name: "id", let value)? = actions.first, actions.count == 1 else {
                    return nil
                }
                return value
            }
            let unset = SPOPFrame.Action.unset(scope: 2, name: "none")
            #expect(try actions() == [unset])
            #expect(try actions(other) == [unset])
            #expect(try actions(post) == [.set(scope: 2, name: "skip", value: "method")])
            #expect(try actions(other, post) == [.set(scope: 2, name: "skip", value: "method")])

            let named = try #require(id(try actions(other, post, get, second)))
            _ = try mirror.request(for: "/second", evidence: { "" })
            let logged = try eventually("two lines in the request log") {
                let logged = Self.loggedNumbers(agent.process.log)
                return logged.count == 2 ? logged : nil
            }
            #expect(logged["/first"] == named)
            #expect(logged["/second"] != named)
        }

        @Test("what became of a selected request is found by its number")
        func failed() throws {
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(try Ports.free())/", in: try TemporaryDirectory())
            let client = try SPOPClient(agent.process.endpoint)
            var cut = SPOPClient.Message()
            cut.fields.append(HeaderField("content-length", "9"))
            for message in [SPOPClient.Message(), cut] {
                guard case .set(_, "id", let id)? = try client.notify(message).actions().first else {
                    Issue.record("not selected")
                    continue
                }
                try eventually("show errors names \(id)") {
                    let errors = try AdminClient.ask("show errors", at: agent.adminSocket)
                    return errors.contains(" \(id) ")
                }
            }
        }
    }
}
