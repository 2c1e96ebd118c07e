import Foundation
import Testing

extension EndToEnd {
    /// Clients of the admin socket that behave badly, or may not do what they want.
    @Suite("Admin: clients")
    struct AdminClientsTests {
        private let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        private func agent(_ arguments: String...) throws -> WatchedAgent {
            try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", arguments, in: directory)
        }

        @Test("each socket has its level")
        func levels() throws {
            let (user, middle) = (directory.file("user.sock"), directory.file("operator.sock"))
            let agent = try agent(
                "--admin-socket", "\(user),level=user", "--admin-socket", "\(middle),level=operator")
            let denied = "Permission denied (needs level"
            #expect(try AdminClient.ask("pause", at: user) == "\(denied) operator).\n\n")
            #expect(try AdminClient.ask("set url http://h/", at: middle) == "\(denied) admin).\n\n")
            #expect(try AdminClient.ask("save state", at: middle) == "\(denied) admin).\n\n")
            #expect(try AdminClient.ask("reset all", at: middle) == "\(denied) admin).\n\n")
            #expect(
                try AdminClient.ask("pause", at: middle) == "Mirroring paused until the agent restarts.\n\n")
            #expect(try AdminClient.ask("resume", at: agent.adminSocket) == "Mirroring resumed.\n\n")
            #expect(!(try AdminClient.ask("help", at: user)).contains("pause"))
            for command in ["show settings", "show errors", "show connections", "clear counters"] {
                #expect(try AdminClient.ask(command, at: user) == "\(denied) operator).\n\n")
            }
        }

        @Test(
            "another user gets in by group and mode only",
            .enabled(if: skipsNothing || getuid() == 0, "SKIPPED: needs root, to become another user"))
        func permissions() throws {
            let (open, closed) = (directory.file("open.sock"), directory.file("closed.sock"))
            _ = chmod(directory.file("."), 0o755)
            let agent = try agent(
                "--admin-socket", "\(open),mode=666,level=user", "--admin-socket", "\(closed),mode=660")
            defer { withExtendedLifetime(agent) {} }
            func asNobody(_ path: String) throws -> MirrorctlRun {
                try MirrorctlRun(["raw", "show version"], socket: path, asUser: 65534)
            }
            #expect(try asNobody(open).output == AdminClient.versionAnswer)
            let refused = try asNobody(closed)
            #expect(refused.status == 77)
            #expect(refused.errors == "mirrorctl: permission denied on \(closed)\n")
        }

        @Test("garbage, endless lines, silence and half lines harm nobody")
        func nuisances() throws {
            let agent = try agent()
            let path = agent.adminSocket
            #expect(
                try AdminClient.ask(String(repeating: "x", count: 20_000), at: path)
                    == "The line is longer than 16384 bytes.\n\n")
            let words = Array(repeating: "x", count: 65).joined(separator: " ")
            #expect(try AdminClient.ask(words, at: path) == "Too many words in one line (64 at most).\n\n")
            let refused = "The line is not UTF-8 text, or has control characters in it.\n\n"
            #expect(try AdminClient.ask("show\u{0}info", at: path) == refused)
            let socket = try Socket.connect(to: .unix(path))
            try socket.write([0xFF, 0xFE, 0x0A])
            #expect(try socket.readToEnd() == Array(refused.utf8))
            let half = try Socket.connect(to: .unix(path))
            try half.write("show inf")
            #expect(try agent.ask("show version") == AdminClient.versionAnswer)
            withExtendedLifetime(half) {}
        }

        @Test("one that never reads is held back and holds up nobody")
        func neverReads() throws {
            let agent = try agent()
            let greedy = try Socket.connect(to: .unix(agent.adminSocket))
            try greedy.write("prompt\n")
            // The daemon stops to read once its answers are not taken: what cannot be sent any more stays with us.
            _ = fcntl(greedy.descriptor, F_SETFL, O_NONBLOCK)
            let line = Array("\(Array(repeating: "show metrics", count: 30).joined(separator: ";"))\n".utf8)
            for _ in 0..<2000 {
                _ = line.withUnsafeBytes {
                    send(greedy.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
            }
            #expect(try agent.ask("show version") == AdminClient.versionAnswer)
            let commands = try agent.counters()["admin_commands"]
            #expect(commands < 300, "\(commands) commands were carried out for a client that takes no answer")
        }

        private static let closed =
            "Too many connections (32 at most): this one was idle longest and is closed for another.\n\n"

        @Test("idle clients make room, the one idle longest first, and are told why")
        func idleMakeRoom() throws {
            let agent = try agent()
            let clients = try (0..<32).map { _ in
                let client = try Socket.connect(to: .unix(agent.adminSocket))
                try client.write("prompt\n")
                // The daemon knows it, and none that comes later has been there for longer.
                #expect(try client.read() == Array("\n> ".utf8))
                return client
            }
            func use(_ client: Socket) throws {
                try client.write("show version\n")
                #expect(try client.read() == Array("\(AdminClient.versionAnswer)> ".utf8))
            }
            // Connected first, and busy last.
            try use(clients[0])
            for _ in 0..<3 {
                // Its place is free again when it has its answer: it takes that of one client.
                let run = try MirrorctlRun(["raw", "show version"], socket: agent.adminSocket)
                #expect(run.output == AdminClient.versionAnswer && run.status == 0, "\(run.errors)")
            }
            #expect(try clients[1].readToEnd() == Array(Self.closed.utf8))
            for client in [clients[0], clients[2], clients[31]] { try use(client) }
            try eventually("the log tells of it", evidence: { agent.process.log }) {
                agent.process.log.contains(
                    "admin client closed: \(agent.adminSocket): idle, and all places are taken")
            }
        }

        @Test("whoever waits for an answer keeps its place; when all do, one more is told so")
        func waitingStay() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                ["--timeout", "1h"], in: directory)
            try SPOPClient(agent.endpoint).notify(.init())
            try eventually("the copy is under way") { try agent.counters()["in_flight"] == 1 }
            let waiting = try (0..<31).map { _ in
                let socket = try Socket.connect(to: .unix(agent.adminSocket))
                try socket.write("wait drained; show version\n")
                return socket
            }
            let idle = try Socket.connect(to: .unix(agent.adminSocket))
            for _ in 0..<3 { #expect(try agent.ask("show version") == AdminClient.versionAnswer) }
            #expect(try idle.readToEnd() == Array(Self.closed.utf8))
            let last = try Socket.connect(to: .unix(agent.adminSocket))
            try last.write("wait drained\n")
            let late = try eventually("one more is told so") {
                let run = try MirrorctlRun(["raw", "show version"], socket: agent.adminSocket)
                return run.status == 0 ? nil : run
            }
            #expect(late.status == 75)
            #expect(late.errors == "mirrorctl: Too many connections (32 at most).\n")
            // The copy ends with the mirror: all get their answers.
            mirror.stop()
            for socket in waiting {
                #expect(try socket.readToEnd() == Array("Drained.\n\n\(AdminClient.versionAnswer)".utf8))
            }
            #expect(try last.readToEnd() == Array("Drained.\n\n".utf8))
            #expect(try agent.ask("show version") == AdminClient.versionAnswer)
        }

        @Test("half lines byte by byte, and answers that are not read, keep no place")
        func uselessMakeRoom() throws {
            let agent = try agent()
            let slow = try (0..<32).map { _ in try Socket.connect(to: .unix(agent.adminSocket)) }
            for _ in 0..<20 {
                for socket in slow { try? socket.write("s") }
                #expect(try agent.ask("show version") == AdminClient.versionAnswer)
            }
            let line = "prompt;\(Array(repeating: "show metrics", count: 30).joined(separator: ";"))\n"
            let deaf = try (0..<40).map { _ in try Socket.connect(to: .unix(agent.adminSocket)) }
            for socket in deaf { try? socket.write(line) }
            // They are answered, until the sockets take no more.
            try eventually("there is room") { (try? agent.ask("show version")) == AdminClient.versionAnswer }
            try eventually("they are stuck") {
                let before = try agent.counters()["admin_commands"]
                Thread.sleep(forTimeInterval: 0.05)
                // Each look at the counters is a command, too.
                return try agent.counters()["admin_commands"] == before + 1
            }
            for _ in 0..<20 { #expect(try agent.ask("show version") == AdminClient.versionAnswer) }
            withExtendedLifetime((slow, deaf)) {}
        }

        @Test("a crowd that asks all at once is answered, or told so")
        func crowd() throws {
            let agent = try agent()
            let path = agent.adminSocket
            let answers = try concurrently(8) { _ in
                (0..<50).map { _ in (try? AdminClient.ask("show version", at: path)) ?? "" }
            }
            for answer in answers.joined() { #expect(answer == AdminClient.versionAnswer) }
        }

        @Test("a second agent does not take a socket that is in use, and takes a stale one")
        func staleSocket() throws {
            let first = try agent()
            let second = try CommandLineRun([
                "-p", "\(try Ports.free())", "--admin-socket", first.adminSocket,
            ])
            #expect(second.exit == .status(69))
            #expect(second.errors.contains("in use"))
            first.process.kill()
            let third = try agent()
            #expect(try third.ask("show version") == AdminClient.versionAnswer)
        }

        @Test("a client that is gone does not leave its wait behind")
        func goneWhileWaiting() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let agent = try WatchedAgent(mirrorURL: "http://127.0.0.1:\(mirror.port)/", in: directory)
            try SPOPClient(agent.endpoint).notify(.init())
            for _ in 0..<40 {
                let socket = try Socket.connect(to: .unix(agent.adminSocket))
                try socket.write("wait drained\n")
            }
            try eventually("their places are free again") {
                (try? agent.ask("show version")) == AdminClient.versionAnswer
            }
            #expect(try agent.ask("wait drained 100ms") == "Timed out.\n\n")
        }
    }
}
