import Foundation
import Testing

extension EndToEnd {
    /// A pause that survives everything but `resume`.
    @Suite("Admin: a pause is kept")
    struct PauseKeptTests {
        private let directory: TemporaryDirectory
        private var state: String { directory.file("state") }
        private static let header =
            "# spoa-mirror state 1: settings changed at run time, written by 'save state', 'pause', 'resume' and 'reset'\n"

        init() throws { directory = try TemporaryDirectory() }

        private func agent(_ arguments: String...) throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["--state-file", state] + arguments, in: directory)
        }

        private func isPaused(_ agent: WatchedAgent) throws -> Bool {
            try agent.ask("show info").contains("\nState: paused\n")
        }

        private func logs(_ agent: WatchedAgent, _ line: String) throws {
            try eventually("it logs \(line)", evidence: { agent.process.log }) {
                agent.process.log.contains(line)
            }
        }

        @Test("over a stop, a reload and the worst end, and nothing else is written with it")
        func survives() throws {
            let first = try agent()
            #expect(
                try first.ask("set timeout 3s; pause")
                    == "Timeout set to 3s (was 10s).\n\nMirroring paused.\n\n")
            #expect(contents(of: state) == "\(Self.header)pause\n")
            first.process.send(signal: SIGHUP)
            try eventually("it has reloaded", evidence: { first.process.log }) {
                first.process.log.contains("reopened") || first.process.log.contains("reload")
            }
            #expect(try isPaused(first))
            first.process.kill()
            _ = try first.process.wait()
            let second = try agent()
            #expect(try isPaused(second))
            let settings = try second.ask("show settings")
            #expect(settings.contains("paused: yes (default no, from state file)\n"))
            #expect(settings.contains("timeout: 10s (default 10s, from default)\n"))
            try logs(second, " overrides the command line: pause\n")
            #expect(try second.ask("reset all") == "No setting is changed. The pause stays.\n\n")
            _ = try second.process.terminate()
            let third = try agent()
            #expect(try isPaused(third))
            #expect(try third.ask("resume") == "Mirroring resumed.\n\n")
            third.process.kill()
            _ = try third.process.wait()
            #expect(try !isPaused(try agent()))
            #expect(contents(of: state) == Self.header)
        }

        @Test("with its deadline, and one that ends by itself is out of the file")
        func deadline() throws {
            let first = try agent()
            #expect(try first.ask("pause 1h") == "Mirroring paused for 1h.\n\n")
            first.process.kill()
            _ = try first.process.wait()
            let second = try agent()
            #expect(try second.ask("show info").contains(#/\nPause_left_sec: 3[56]\d\d\n/#))
            #expect(try second.ask("pause 1s") == "Mirroring paused for 1s.\n\n")
            #expect(contents(of: state).contains("\npause until "))
            try logs(second, "the pause is over: mirroring resumed\n")
            #expect(contents(of: state) == Self.header)
        }

        @Test("two clients at once, and one that saves: the last word is in the file")
        func atOnce() throws {
            let agent = try agent()
            let socket = agent.adminSocket
            let threads = ["pause", "pause 1h", "set timeout 3s; save state", "resume; pause"].map { line in
                let thread = Thread { for _ in 0..<20 { _ = try? AdminClient.ask(line, at: socket) } }
                thread.start()
                return thread
            }
            try eventually("all are done") { threads.allSatisfy(\.isFinished) }
            _ = try agent.ask("resume; pause 2h; save state; pause")
            #expect(contents(of: state) == "\(Self.header)set timeout 3s\npause\n")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(!names.contains { $0.hasPrefix("state.new") }, "\(names)")
        }

        @Test("a file that somebody else has changed keeps the change, and one that is deleted comes back")
        func otherHands() throws {
            let agent = try agent()
            try "# by hand\nset timeout 4s\n".write(toFile: state, atomically: true, encoding: .utf8)
            #expect(try agent.ask("pause") == "Mirroring paused.\n\n")
            #expect(contents(of: state) == "# by hand\nset timeout 4s\npause\n")
            try FileManager.default.removeItem(atPath: state)
            #expect(try agent.ask("pause") == "Mirroring paused.\n\n")
            #expect(contents(of: state) == "\(Self.header)pause\n")
            try "frob\n".write(toFile: state, atomically: true, encoding: .utf8)
            #expect(
                try agent.ask("resume").hasPrefix(
                    "Mirroring resumed. But a restart may pause it again: state file "))
            #expect(contents(of: state) == "frob\n")
        }

        @Test("mirrorctl and the log say what the admin socket says")
        func answers() throws {
            let none = try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", ["--paused"], in: directory)
            let run = try MirrorctlRun(["resume"], socket: none.adminSocket)
            #expect(
                run.output == "Mirroring resumed until the agent restarts (--paused).\n" && run.status == 0)
            try logs(none, "admin: Mirroring resumed until the agent restarts (--paused). [uid ")
            let other = try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", in: try TemporaryDirectory())
            #expect(
                try MirrorctlRun(["pause", "10m"], socket: other.adminSocket).output
                    == "Mirroring paused for 10m, or until the agent restarts.\n")
            #expect(
                try MirrorctlRun(["--json", "pause"], socket: other.adminSocket).output
                    == "{\"format\":1,\"message\":\"Mirroring paused until the agent restarts.\",\"ok\":true}\n"
            )
        }

        @Test(
            "a full disk pauses all the same and says so, and what was saved stays",
            .enabled(
                if: skipsNothing || NetworkNamespace.isPossible,
                "SKIPPED: a file system can only be mounted by root"))
        func fullDisk() throws {
            let disk = try SmallDisk(at: directory.file("disk"))
            let file = "\(disk.path)/state"
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["--state-file", file], in: directory)
            #expect(try agent.ask("set timeout 7s; save state").contains("State saved"))
            let saved = contents(of: file)
            try disk.fill()
            let reason = "cannot write state file \"\(file)\": No space left on device."
            #expect(try agent.ask("pause") == "Mirroring paused. But a restart lifts it: \(reason)\n\n")
            #expect(try isPaused(agent) && contents(of: file) == saved)
            try logs(agent, "admin: Mirroring paused. But a restart lifts it: \(reason) [uid ")
            let status = try MirrorctlRun(["status"], socket: agent.adminSocket).output
            #expect(status.contains("\n  unsaved      1: pause\n"))
            #expect(
                try agent.ask("reset timeout")
                    == "Timeout reset to 10s (was 7s). But a restart brings back what the state file says: \(reason)\n\n"
            )
            try FileManager.default.removeItem(atPath: "\(disk.path)/ballast")
            #expect(try agent.ask("pause") == "Mirroring paused.\n\n")
            #expect(contents(of: file) == "\(saved)pause\n")
            try disk.fill()
            #expect(
                try agent.ask("resume")
                    == "Mirroring resumed. But a restart may pause it again: \(reason)\n\n")
            #expect(try !isPaused(agent))
        }
    }
}
