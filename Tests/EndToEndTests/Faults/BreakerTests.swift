import Foundation
import Testing

extension EndToEnd {
    @Suite("Faults: the breaker")
    struct BreakerTests {
        private static func agent(of port: UInt16, _ arguments: String...) throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(port)/",
                ["-n", "2", "--drain-timeout", "100ms"] + arguments, in: try TemporaryDirectory())
        }

        /// Sends requests to both workers until `isOver`.
        private static func send(
            to agent: WatchedAgent, until what: String, _ isOver: () throws -> Bool
        ) throws {
            let clients = try (0..<2).map { _ in try SPOPClient(agent.endpoint) }
            var last = ""
            try eventually("\(what)", within: 30, evidence: { "\(last)\n\(agent.process.log)" }) {
                for client in clients { try client.notify(.init()) }
                last = try agent.ask("show info")
                return try isOver()
            }
        }

        private static func isAt(_ state: String, _ agent: WatchedAgent) throws -> Bool {
            try agent.ask("show info").contains("\nBreaker: \(state)\n")
        }

        private static func changes(_ agent: WatchedAgent) -> [Substring] {
            agent.process.log.split(separator: "\n").filter {
                $0.contains(#/ (warning|notice) breaker (open|half-open|closed): /#)
            }
        }

        @Test("a mirror that dies and returns: it opens, and closes with the first answers")
        func dies() throws {
            let port = try Ports.free()
            var mirror: RecordingMirror? = try RecordingMirror(port: port)
            let agent = try Self.agent(of: port, "--max-queue-age", "300ms", "--request-log", "all")
            try Self.send(to: agent, until: "an answer") { try agent.counters()["responses_2xx"] > 0 }
            #expect(try agent.ask("show info").contains("\nBreaker: closed\nBreaker_reason: none\n"))
            mirror?.stop()
            mirror = nil
            try Self.send(to: agent, until: "open") { try Self.isAt("open", agent) }
            try Self.send(to: agent, until: "one is dropped") { try agent.counters()["dropped_breaker"] > 0 }
            let info = try agent.ask("show info")
            #expect(info.contains("\nState: unreachable\n"), "\(info)")
            #expect(
                info.contains("\nState_reason: no connection (Connection refused), the breaker is open\n"),
                "\(info)")
            #expect(info.contains("\nBreaker: open\nBreaker_reason: unreachable\nBreaker_since_sec: "))
            let metrics = try agent.ask("show metrics")
            #expect(metrics.contains("\nspoa_mirror_breaker_state{state=\"open\"} 1\n"))
            #expect(metrics.contains("\nspoa_mirror_breaker_reason{reason=\"unreachable\"} 1\n"))
            let screen = try MirrorctlRun(["status"], socket: agent.adminSocket).output
            #expect(screen.contains("breaker") && screen.contains("open for "), "\(screen)")

            // Nobody knows that it is back before a request comes, and those that come are let in.
            mirror = try RecordingMirror(port: port)
            #expect(try Self.isAt("open", agent))
            try Self.send(to: agent, until: "closed") { try Self.isAt("closed", agent) }
            let before = try agent.counters()["dropped_breaker"]
            try Self.send(to: agent, until: "an answer") { try agent.counters()["responses_2xx"] > 9 }
            #expect(try agent.counters()["dropped_breaker"] == before)
            #expect(agent.process.log.contains(" dropped_breaker: the mirror takes no copies, "))
            try eventually("each change has its line", evidence: { agent.process.log }) {
                Self.changes(agent).count == 3
            }
            let words = ["warning breaker open: ", "notice breaker half-open: ", "notice breaker closed: "]
            for (line, word) in zip(Self.changes(agent), words) {
                #expect(line.contains(" \(word)http://127.0.0.1:\(port)/: "), "\(line)")
            }
            #expect(try agent.process.terminate() == .status(0))
            let summary = try #require(agent.process.summary)
            #expect(summary["received"] == summary["completed"] + summary["dropped"], "\(summary)")
        }

        @Test("an outage shorter than copies may wait loses nothing but the tries")
        func short() throws {
            let port = try Ports.free()
            let agent = try Self.agent(of: port, "--max-queue-age", "1m")
            let clients = try (0..<2).map { _ in try SPOPClient(agent.endpoint) }
            for _ in 0..<300 { for client in clients { try client.notify(.init()) } }
            try eventually("it is tried") { try agent.counters()["failed_connect"] > 5 }
            let mirror = try RecordingMirror(port: port)
            let account = try agent.account(of: 600)
            #expect(account["failed_connect", default: 0] + account["responses_2xx", default: 0] == 600)
            #expect(mirror.requests.count == account["responses_2xx"])
            #expect(Self.changes(agent).isEmpty)
        }

        @Test("while it is open, two workers try one at a time, also a mirror that accepts and hangs")
        func oneAtATime() throws {
            let port = try Ports.free()
            let agent = try Self.agent(
                of: port, "--max-queue-age", "100ms", "--timeout", "200ms", "--breaker", "failures")
            try Self.send(to: agent, until: "open") { try Self.isAt("open", agent) }
            try eventually("the queue is empty") { try agent.counters().isSettled }
            let mirror = try CountingServer(port: port)
            let tries = try agent.counters()["failed_timeout"]
            try Self.send(to: agent, until: "some tries hang") {
                #expect(try agent.counters()["in_flight"] <= 1)
                return try agent.counters()["failed_timeout"] >= tries + 4
            }
            #expect(mirror.most == 1 && mirror.all >= 4)
            #expect(try Self.isAt("open", agent))
            try Self.send(to: agent, until: "the state knows") {
                try agent.ask("show info").contains("\nState: degraded\n")
                    || agent.ask("show info").contains("\nState: unreachable\n")
            }
        }

        @Test("too many copies without an answer open it only where that is wanted")
        func failures() throws {
            let isWell = Flag()
            let mirror = try RecordingMirror { _ in isWell.isSet ? .ok : .reset }
            let agent = try Self.agent(of: mirror.port, "--max-queue-age", "300ms", "--state-window", "2s")
            try Self.send(to: agent, until: "a hundred fail") { try agent.counters()["failed_reset"] > 100 }
            #expect(try Self.isAt("closed", agent) && agent.counters()["dropped_breaker"] == 0)
            #expect(
                try agent.ask("set breaker failures").contains("Breaker set to failures (was unreachable)."))
            try Self.send(to: agent, until: "open") { try Self.isAt("open", agent) }
            let info = try agent.ask("show info")
            #expect(
                info.contains("\nBreaker_reason: failures\n") && info.contains("\nState: degraded\n"),
                "\(info)")
            #expect(
                info.contains("\nState_reason: the breaker is open, too many copies came to no answer"),
                "\(info)")
            isWell.set()
            try Self.send(to: agent, until: "closed") { try Self.isAt("closed", agent) }
            try Self.send(to: agent, until: "mirroring") {
                try agent.ask("show info").contains("\nState: mirroring\n")
            }
        }

        @Test("'set breaker off', 'set url' and a pause of which the mirror makes use open the way")
        func opensTheWay() throws {
            let port = try Ports.free()
            let agent = try Self.agent(of: port, "--max-queue-age", "100ms")
            try Self.send(to: agent, until: "open") { try Self.isAt("open", agent) }
            _ = try agent.ask("set breaker off")
            #expect(try Self.isAt("closed", agent))
            let dropped = try agent.counters()["dropped_breaker"]
            let expired = try agent.counters()["dropped_expired"] + agent.counters()["failed_connect"]
            try Self.send(to: agent, until: "more is tried, or waits") {
                try agent.counters()["dropped_expired"] + agent.counters()["failed_connect"] > expired + 20
            }
            #expect(try agent.counters()["dropped_breaker"] == dropped && Self.isAt("closed", agent))
            _ = try agent.ask("set breaker unreachable")
            try Self.send(to: agent, until: "open again") { try Self.isAt("open", agent) }
            let other = try RecordingMirror()
            _ = try agent.ask("set url http://127.0.0.1:\(other.port)/")
            #expect(try Self.isAt("closed", agent))
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<20 { try client.notify(.init(target: "/other")) }
            try eventually("all arrive") { other.requests.count { $0.target == "/other" } == 20 }

            _ = try agent.ask("set url http://127.0.0.1:\(port)/")
            try Self.send(to: agent, until: "open once more") { try Self.isAt("open", agent) }
            _ = try agent.ask("pause")
            let mirror = try RecordingMirror(port: port)
            _ = try agent.ask("resume")
            try Self.send(to: agent, until: "closed") { try Self.isAt("closed", agent) }
            #expect(!mirror.requests.isEmpty)
        }
    }
}

/// Something that is so from some time on.
private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
}

/// Accepts connections, never answers, and knows how many there were, at once and in all.
private final class CountingServer: Sendable {
    private let listener: Socket
    private let tally = Tally()

    var most: Int { tally.counts.most }
    var all: Int { tally.counts.all }

    private final class Tally: @unchecked Sendable {
        private let lock = NSLock()
        private var open = 0
        private var values = (most: 0, all: 0)

        var counts: (most: Int, all: Int) { lock.withLock { values } }

        func begin() {
            lock.withLock {
                open += 1
                values = (max(values.most, open), values.all + 1)
            }
        }

        func end() { lock.withLock { open -= 1 } }
    }

    init(port: UInt16) throws {
        listener = try Socket.listen(on: .loopback(port))
        onThread { [listener, tally] in
            while let connection = listener.accept() {
                tally.begin()
                onThread {
                    while let bytes = try? connection.read(), !bytes.isEmpty {}
                    tally.end()
                }
            }
        }
    }

    deinit { listener.disconnect() }
}
