import Foundation
import Synchronization
import Testing

extension EndToEnd {
    /// Settings that change while requests flow.
    @Suite("Admin: live settings")
    struct LiveSettingsTests {
        private let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        private func agent(_ mirror: RecordingMirror, _ arguments: String...) throws -> WatchedAgent {
            try WatchedAgent(mirrorURL: "http://127.0.0.1:\(mirror.port)/", arguments, in: directory)
        }

        @Test("the next request sees the change")
        func atOnce() throws {
            let (one, two) = (try RecordingMirror(), try RecordingMirror())
            let agent = try agent(one)
            let client = try SPOPClient(agent.endpoint)
            func send(_ target: String, after line: String) throws {
                #expect(!(try agent.ask(line)).contains("Invalid"))
                try client.notify(.init(target: target))
            }
            try send("/1", after: "show version")
            try send("/2", after: "pause")
            try send("/3", after: "resume; set url http://127.0.0.1:\(two.port)/base")
            try send("/4", after: "set sample-rate 0%")
            try send(
                "/5",
                after: "set sample-rate 100%; set host-header destination; set mark-header X-Copy:\\ yes")
            try send("/6", after: "set methods POST")
            let account = try agent.account(of: 6)
            #expect(
                account == [
                    "received": 6, "completed": 3, "responses_2xx": 3, "skipped_paused": 1,
                    "skipped_sampled": 1, "skipped_method": 1,
                ])
            #expect(one.requests.map(\.target) == ["/1"])
            let copies = two.requests.sorted { $0.target < $1.target }
            #expect(copies.map(\.target) == ["/base/3", "/base/5"])
            #expect(copies[0].head.values(of: "host") == ["www.example.test"])
            #expect(copies[1].head.values(of: "host") == ["127.0.0.1:\(two.port)"])
            #expect(copies[1].head.values(of: "x-copy") == ["yes"])
        }

        @Test("a pause that ends by itself")
        func pauseEnds() throws {
            let mirror = try RecordingMirror()
            let agent = try agent(mirror, "--paused")
            #expect(try agent.ask("show info").contains("State: paused\n"))
            #expect(try agent.ask("pause 1s") == "Mirroring paused for 1s.\n\n")
            #expect(try agent.ask("show info").contains("Pause_left_sec: "))
            try eventually("mirroring goes on") { try agent.ask("show info").contains("State: idle\n") }
            // The log is written by the main loop, a pass after its line was added.
            try eventually("the log tells of it", evidence: { agent.process.log }) {
                agent.process.log.contains("the pause is over: mirroring resumed")
            }
            try SPOPClient(agent.endpoint).notify(.init())
            #expect(try agent.account(of: 1) == ["received": 1, "completed": 1, "responses_2xx": 1])
        }

        @Test("ten thousand changes under load lose nothing and send nothing elsewhere")
        func manyChanges() throws {
            let (one, two) = (try RecordingMirror(), try RecordingMirror())
            let agent = try agent(
                // Past max-in-flight, copies to mirrors that were replaced are given up: slow mirrors reach that.
                one, "--max-queue", "100000", "--max-queue-age", "5m", "--connect-timeout", "5m",
                "--max-in-flight", "10000", "-n", "2")
            let isDone = Atomic(false)
            let (endpoint, adminSocket) = (agent.endpoint, agent.adminSocket)
            let sent = try concurrently(5) { index in
                var count = 0
                if index == 0 {
                    defer { isDone.store(true, ordering: .relaxed) }
                    let socket = try Socket.connect(to: .unix(adminSocket))
                    try socket.write("prompt\n")
                    var answers = try Self.prompts(socket, 1)
                    for round in 0..<5000 {
                        let port = round % 2 == 0 ? two.port : one.port
                        try socket.write(
                            "set url http://127.0.0.1:\(port)/;set timeout \(300 + round % 2)s\n")
                        answers = try Self.prompts(socket, 1)
                        guard answers.contains("Destination set to"), answers.contains("Timeout set to")
                        else {
                            throw HarnessError(answers)
                        }
                    }
                } else {
                    let client = try SPOPClient(endpoint)
                    while !isDone.load(ordering: .relaxed) {
                        try client.notify(.init(target: "/\(index)/\(count)"))
                        count += 1
                    }
                }
                return count
            }
            let total = sent.reduce(0, +)
            #expect(total > 1000)
            let account = try agent.account(of: total)
            let errors = try agent.ask("show errors").suffix(600)
            #expect(
                account == ["received": total, "completed": total, "responses_2xx": total],
                "\(account) \(errors)")
            let targets = (one.requests + two.requests).map(\.target)
            #expect(targets.count == total && Set(targets).count == total)
            #expect(one.requests.count > 0 && two.requests.count > 0)
            #expect(try agent.counters()["admin_commands"] > 10_000)
        }

        /// Reads up to the next prompt.
        private static func prompts(_ socket: Socket, _ count: Int) throws -> String {
            var text = ""
            while !text.hasSuffix("\n> ") {
                let more = try socket.read()
                guard !more.isEmpty else { throw HarnessError("closed after \(text)") }
                text += String(decoding: more, as: UTF8.self)
            }
            return text
        }

        @Test("counters agree with each other whenever they are read")
        func consistency() throws {
            let mirror = try RecordingMirror()
            let agent = try agent(mirror, "-n", "2", "--sample-rate", "50%")
            let isDone = Atomic(false)
            let (endpoint, adminSocket) = (agent.endpoint, agent.adminSocket)
            _ = try concurrently(5) { index in
                if index == 0 {
                    defer { isDone.store(true, ordering: .relaxed) }
                    for _ in 0..<300 {
                        let counters = try AgentCounters(askingAt: adminSocket)
                        guard counters.isBalanced else { throw HarnessError("\(counters.values)") }
                        if Int.random(in: 0..<20) == 0 {
                            _ = try AdminClient.ask("clear counters", at: adminSocket)
                        }
                    }
                } else {
                    let client = try SPOPClient(endpoint)
                    while !isDone.load(ordering: .relaxed) { try client.notify(.init()) }
                }
                return 0
            }
        }

        @Test("a mirror that hangs does not hold up the one that replaces it", arguments: [true, false])
        func replacement(isHanging: Bool) throws {
            let old = try RecordingMirror { _ in .hang }
            let new = try RecordingMirror()
            let agent = try agent(
                old, "--max-in-flight", "4", "--timeout", "1h", "--max-queue-age", "1h", "-n", "1")
            // One that refuses connections instead.
            if !isHanging { old.stop() }
            let client = try SPOPClient(agent.endpoint)
            for number in 0..<50 { try client.notify(.init(target: "/old/\(number)")) }
            _ = try agent.ask("set url http://127.0.0.1:\(new.port)/")
            for number in 0..<50 { try client.notify(.init(target: "/new/\(number)")) }
            try eventually("the new mirror has its copies", evidence: { (try? agent.ask("show stat")) ?? "" })
            {
                try agent.counters()["responses_2xx"] == 50
            }
            #expect(new.requests.count == 50)
            #expect(new.requests.allSatisfy { $0.target.hasPrefix("/new/") })
            let counters = try agent.counters()
            #expect(counters.isBalanced)
            if isHanging { #expect(counters["in_flight"] == 4 && counters["queued"] == 46) }
        }

        @Test("two that hang, one behind the other, do not hold up the third, and hold no more than one")
        func replacedTwice() throws {
            let (one, two) = (try RecordingMirror { _ in .hang }, try RecordingMirror { _ in .hang })
            let good = try RecordingMirror()
            let agent = try agent(
                one, "--max-in-flight", "4", "--timeout", "1h", "--max-queue-age", "1h", "-n", "1")
            let client = try SPOPClient(agent.endpoint)
            func fill(_ mirror: RecordingMirror) throws {
                for number in 0..<6 { try client.notify(.init(target: "/\(mirror.port)/\(number)")) }
                try eventually("four hang") { mirror.requests.count == 4 }
            }
            try fill(one)
            _ = try agent.ask("set url http://127.0.0.1:\(two.port)/")
            try fill(two)
            _ = try agent.ask("set url http://127.0.0.1:\(good.port)/")
            for number in 0..<20 { try client.notify(.init(target: "/good/\(number)")) }
            // Arrived is not answered.
            try eventually("the good one has answered") { try agent.counters()["responses_2xx"] == 20 }
            #expect(good.requests.count == 20)
            let counters = try agent.counters()
            #expect(counters["in_flight"] == 4 && counters["failed_timeout"] == 4 && counters.isBalanced)
        }

        @Test("the same URL again changes nothing")
        func sameURL() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let agent = try agent(
                mirror, "--max-in-flight", "4", "--timeout", "1h", "--max-queue-age", "1h", "-n", "1")
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<8 { try client.notify(.init()) }
            let url = "http://127.0.0.1:\(mirror.port)/"
            #expect(try agent.ask("set url \(url)") == "Destination set to \(url) (was \(url)).\n\n")
            for _ in 0..<8 { try client.notify(.init()) }
            let counters = try agent.counters()
            #expect(counters["in_flight"] == 4 && counters["queued"] == 12)
        }

        @Test("a pause sends nothing any more, not even what waits")
        func pauseWithQueue() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let agent = try agent(
                mirror, "--max-in-flight", "2", "--timeout", "1h", "--max-queue-age", "1h", "-n", "1")
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<10 { try client.notify(.init()) }
            try eventually("two are under way") { try agent.counters()["in_flight"] == 2 }
            #expect(try agent.ask("pause") == "Mirroring paused until the agent restarts.\n\n")
            try eventually("the queue is empty") { try agent.counters()["queued"] == 0 }
            let counters = try agent.counters()
            #expect(counters["skipped_paused"] == 8 && counters["in_flight"] == 2 && counters.isBalanced)
        }

        @Test("errors, connections and the request log tell of what happened")
        func reports() throws {
            let mirror = try RecordingMirror()
            let agent = try agent(mirror, "--request-log", "on", "--log-level", "error", "-n", "1")
            let client = try SPOPClient(agent.endpoint)
            try client.notify(.init(target: "/good?secret=1", fields: [HeaderField("host", "h")]))
            try client.notify(.init(target: "/cut?secret=2", fields: [HeaderField("content-length", "5")]))
            _ = try agent.account(of: 2)
            mirror.stop()
            try client.notify(.init(method: "PUT", target: "/gone?secret=3"))
            _ = try agent.account(of: 3)
            let errors = try agent.ask("show errors").split(separator: "\n")
            #expect(errors.count == 2)
            let notAwaited =
                "HAProxy did not wait for the body: option http-buffer-request"
            #expect(errors[0].hasSuffix(" GET /cut dropped_truncated \(notAwaited)"))
            let url = "http://127.0.0.1:\(mirror.port)/"
            #expect(errors[1].hasSuffix(" PUT /gone failed_connect \(url) Connection refused"))
            let connections = try agent.ask("show connections")
            #expect(connections.contains("state=open"))
            #expect(connections.contains(" frames=4 "))
            #expect(connections.contains("peer=127.0.0.1:"))
            try eventually("all are in the request log") { agent.process.log.contains("failed_connect: ") }
            let log = agent.process.log
            #expect(log.contains("request GET \(url)good HTTP/1.1 200 id="))
            #expect(log.contains("request GET \(url)cut - - id="))
            #expect(log.contains(" dropped_truncated: \(notAwaited)\n"))
            #expect(log.contains("request PUT \(url)gone - - id="))
            #expect(log.contains(" failed_connect: Connection refused\n"))
            #expect(!log.contains("secret"))
            #expect(!log.contains("listens on"), "the level is error")
            _ = try agent.ask("set request-log query; set url http://127.0.0.1:\(mirror.port)/x")
            try client.notify(.init(target: "/q?secret=4"))
            try eventually("the query is there when asked for") {
                agent.process.log.contains("/x/q?secret=4 ")
            }
        }
    }
}
