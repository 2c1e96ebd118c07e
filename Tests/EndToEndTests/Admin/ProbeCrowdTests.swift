import Foundation
import Testing

extension EndToEnd {
    /// More probes than one, and those that nobody waits for.
    @Suite("Admin: many probes")
    struct ProbeCrowdTests {
        private let agent: WatchedAgent
        private let hanging: Socket

        init() throws {
            hanging = try Socket.listen(on: .loopback(0))
            agent = try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", in: try TemporaryDirectory())
        }

        private var url: String { "https://127.0.0.1:\(hanging.localPort)/" }

        /// A client that has asked, and waits.
        private func asking(_ line: String) throws -> Socket {
            let socket = try Socket.connect(to: .unix(agent.adminSocket))
            try socket.write("\(line)\n")
            return socket
        }

        private func answer(_ socket: Socket) throws -> String {
            String(decoding: try socket.readToEnd(), as: UTF8.self)
        }

        private func descriptors() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(agent.process.pid)/fd").count
        }

        @Test("a flood of them is bounded, and holds up nobody")
        func flood() throws {
            let before = try descriptors()
            let clients = try (0..<24).map { _ in try asking("probe \(url)") }
            #expect(try agent.ask("show version") == AdminClient.versionAnswer)
            #expect(try descriptors() < before + 24 + 8 * 8)
            let answers = try clients.map { try answer($0) }
            let refusals = answers.count { $0 == "Too many probes at once (8 at most), try again.\n\n" }
            let hung = answers.count { $0.contains(" is not reachable: no TLS handshake within 3s ") }
            #expect(refusals == 16 && hung == 8, "\(Set(answers))")
            try eventually("all is closed") { try descriptors() <= before + 1 }
        }

        @Test("of two changes at once the first is told that the other came")
        func twoChanges() throws {
            let first = try asking("set url \(url)")
            try eventually("the first is in force") { try agent.ask("show settings").contains(url) }
            let second = try agent.ask("set url http://127.0.0.1:8/")
            #expect(second.hasSuffix("(was \(url)). Warning: connection refused (127.0.0.1:8).\n\n"))
            #expect(
                try answer(first).hasSuffix(
                    "(was http://127.0.0.1:9/). Not probed: another destination was set meanwhile.\n\n"))
        }

        @Test("a client that goes away takes its probe with it, and what it wanted is not done")
        func goesAway() throws {
            let before = try descriptors()
            do {
                let client = try asking("set url \(url) require-reachable")
                let connection = try #require(hanging.accept())
                #expect(try connection.read().first == 0x16)
                client.disconnect()
                #expect(try connection.readToEnd().count >= 0, "the probe's connection ends")
            }
            try eventually("all is closed") { try descriptors() <= before + 1 }
            #expect(try agent.ask("show settings").contains("http://127.0.0.1:9/"))
        }

        @Test("an agent that stops says so, and stops")
        func stops() throws {
            let (change, probe) = (try asking("set url \(url)"), try asking("probe \(url)"))
            let connections = try (0..<2).map { _ in try #require(hanging.accept()) }
            agent.process.send(signal: SIGTERM)
            #expect(try answer(change).contains(" Not probed: the agent is stopping."))
            #expect(try answer(probe) == "Not probed: the agent is stopping.\n\n")
            #expect(try agent.process.wait() == .status(0))
            withExtendedLifetime(connections) {}
        }

        @Test("neither a start nor a state file probes")
        func stateFile() throws {
            let mirror = try RecordingMirror()
            let directory = try TemporaryDirectory()
            let state = try directory.write("set url http://127.0.0.1:\(mirror.port)/\n", to: "state")
            let other = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["--state-file", state], in: directory)
            #expect(try other.ask("show settings").contains("http://127.0.0.1:\(mirror.port)/"))
            #expect(mirror.connections == 0)
        }
    }
}
