import Foundation
import Testing

extension EndToEnd {
    /// Several mirrors for one NOTIFY.
    @Suite("Destinations")
    struct DestinationsTests {
        @Test(
            "HAProxy says which of them a request is for; without a word, all",
            arguments: HAProxyVersion.allCases)
        func chosenByHAProxy(version: HAProxyVersion) throws {
            let ids = try RecordingMirror()
            let directory = try TemporaryDirectory()
            let socket = directory.file("admin.sock")
            let scenario = try Scenario(
                version,
                agentArguments: [
                    "--destination", "ids=http://127.0.0.1:\(ids.port)/", "--admin-socket", socket,
                ]
            ) { $0.messageArguments.append("arg_to=req.fhdr(x-to)") }
            let cases = [
                ("/both", "default,ids"), ("/first", "default"), ("/second", " ids , ids"),
                ("/nobody", "nobody"),
                ("/mixed", "nobody,ids"), ("/absent", nil),
            ]
            for (target, to) in cases {
                try scenario.send(Request(target: target, fields: to.map { [HeaderField("x-to", $0)] } ?? []))
            }
            _ = try scenario.copy(of: "/both")
            _ = try ids.request(for: "/mixed", evidence: scenario.evidence)
            var counters: AgentCounters?
            try eventually(
                "all is done", evidence: { "\(counters?.description ?? "")\n\(scenario.evidence())" }
            ) {
                counters = try AgentCounters(askingAt: socket)
                return counters?["received"] == cases.count && counters?.isSettled == true
                    && ids.requests.count == 3
            }
            #expect(Set(scenario.mirror.requests.map(\.target)) == ["/both", "/first"])
            #expect(Set(ids.requests.map(\.target)) == ["/both", "/second", "/mixed"])
            #expect(counters?["skipped_no_destination"] == 2 && counters?["unknown_destinations"] == 2)
            #expect(counters?["completed"] == 4 && counters?.isBalanced == true)
            let warnings = scenario.agent.log.split(separator: "\n").filter { $0.contains("\"nobody\"") }
            #expect(warnings.count == 1, "\(warnings)")
            withExtendedLifetime(directory) {}
        }

        @Test("one request has one number, and its copies differ in nothing but what was set")
        func copies() throws {
            let stage = try DestinationsStage(
                second: ",headers=remove:cookie\\,set:X-For: ids,host-header=destination")
            let client = try SPOPClient(stage.agent.endpoint)
            let body = [UInt8](repeating: 0x61, count: 10_000)
            var message = SPOPClient.Message(method: "POST", target: "/a?b=c")
            message.fields += [.init("cookie", "sid=1"), .init("content-length", "10000")]
            message.body = body
            try client.notify(message)
            let books = try stage.settle(1)
            let (one, other) = (
                try stage.first.request(for: "/a?b=c"), try stage.second.request(for: "/ids/a?b=c")
            )
            #expect(one.body == body && other.body == body)
            #expect(one.head["cookie"] == "sid=1" && other.head["cookie"] == nil)
            #expect(one.head["host"] == "www.example.test")
            #expect(other.head["host"] == "127.0.0.1:\(stage.second.port)" && other.head["x-for"] == "ids")
            #expect(books["default"]?["completed"] == 1 && books["ids"]?["completed"] == 1)
            #expect(try stage.agent.counters()["completed"] == 1, "the request counts once")
            let metrics = try stage.agent.ask("show metrics")
            for name in ["default", "ids"] {
                let label = "{destination=\"\(name)\"}"
                #expect(metrics.contains("\nspoa_mirror_destination_requests_completed_total\(label) 1\n"))
            }
            #expect(metrics.contains("\nspoa_mirror_requests_completed_total 1\n"))
        }

        @Test("one that hangs takes no place, no memory and no connection of another")
        func hanging() throws {
            let stage = try DestinationsStage(
                ["--max-queue-bytes", "256KiB", "--max-queue-age", "1m", "--timeout", "1m"],
                second: ",max-in-flight=4,max-queue=100000", second: { _ in .hang })
            let client = try SPOPClient(stage.agent.endpoint)
            let count = 2_000
            for number in 0..<count { try client.notify(.init(target: "/\(number)")) }
            var last: [String: DestinationFigures] = [:]
            try eventually("the first has answered all", evidence: { "\(last.mapValues(\.values))" }) {
                last = try stage.figures()
                return last["default"]?["completed"] == count
            }
            let (first, second) = (try #require(last["default"]), try #require(last["ids"]))
            #expect(first["dropped"] == 0 && first["failed"] == 0 && first.isBalanced)
            #expect(second["in_flight"] == 4 && second["dropped"] > 0 && second.isBalanced)
            #expect(second["queued_bytes"] <= 128 << 10, "its half")
            #expect(stage.first.requests.count == count)
        }

        @Test("a mirror of the first that is gone leaves the second alone")
        func refusing() throws {
            let stage = try DestinationsStage(["--max-queue-age", "300ms"])
            stage.first.stop()
            let client = try SPOPClient(stage.agent.endpoint)
            for number in 0..<100 { try client.notify(.init(target: "/\(number)")) }
            let books = try stage.settle(100)
            #expect(books["ids"]?["completed"] == 100 && books["ids"]?["failed"] == 0)
            #expect(books["default"]?["received"] == 100 && books["default"]?.isBalanced == true)
            #expect(stage.second.requests.count == 100)
            let counters = try stage.agent.counters()
            #expect(counters.isBalanced)
        }
    }
}
