import Foundation
import Testing

extension EndToEnd {
    /// Changes that end by themselves.
    @Suite("Admin: changes for a time")
    struct TemporaryChangeTests {
        private let directory: TemporaryDirectory
        private var state: String { directory.file("state") }

        init() throws { directory = try TemporaryDirectory() }

        private func agent(_ mirrorURL: String = "http://127.0.0.1:9/") throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: mirrorURL, ["--state-file", state, "--header", "set:X-A: secret1"], in: directory)
        }

        private func logs(_ agent: WatchedAgent, _ line: String) throws {
            try eventually("it logs \(line)", evidence: { agent.process.log }) {
                agent.process.log.contains(line)
            }
        }

        @Test("copies go to another destination for a time, and come back without a loss")
        func destination() throws {
            let (one, two) = (try RecordingMirror(), try RecordingMirror { _ in .hang })
            let (old, new) = ("http://127.0.0.1:\(one.port)/", "http://127.0.0.1:\(two.port)/")
            let agent = try agent(old)
            let client = try SPOPClient(agent.endpoint)
            #expect(
                try agent.ask("set url \(new) require-reachable for 2s")
                    == "Destination set to \(new) for 2s, then back to \(old) (was \(old)).\n\n")
            try client.notify(.init(target: "/1"))
            try eventually("the copy is there") { two.requests.count == 1 }
            try logs(agent, "the time of url \(new) is over: back to \(old)\n")
            try client.notify(.init(target: "/2"))
            try eventually("the old one has answered") { try agent.counters()["responses_2xx"] == 1 }
            #expect(one.requests.map(\.target) == ["/2"])
            #expect(try agent.counters()["in_flight"] == 1, "a copy for the other one is still under way")
            let settings = try agent.ask("show settings")
            #expect(settings.hasPrefix("url: \(old) (default ") && settings.contains(", from option)\n"))
        }

        @Test("shown in every place, saved in none, and gone after a restart")
        func shown() throws {
            let first = try agent()
            func run(_ words: String...) throws -> String {
                let run = try MirrorctlRun(words, socket: first.adminSocket)
                #expect(run.status == 0, "\(run.errors)")
                return run.output
            }
            #expect(
                try run("set", "sample-rate", "50%", "for", "1d")
                    == "Sample rate set to 50% for 1d, then back to 100% (was 100%).\n")
            #expect(
                try run("set", "timeout", "7s", "--for", "1d")
                    == "Timeout set to 7s for 1d, then back to 10s (was 10s).\n")
            #expect(
                try run("set", "headers", "set:X-A: for 10m", "for", "1d")
                    == "Headers set to set:X-A: <hidden> for 1d, then back to the one before (was set:X-A: <hidden>).\n"
            )
            let status = try run("status")
            #expect(
                status.contains(
                    #/\n  temporary    sample-rate \d+ [^,]+, headers \d+ [^,]+, timeout \d.* left\n/#),
                "\(status)")
            #expect(!status.contains("unsaved"))
            #expect(status.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(status)")
            let settings = try run("settings")
            #expect(
                settings.contains(
                    #/\nsample-rate: 50% \(default 100%, from runtime, for another \w+, then 100%, not saved\)\n/#
                ), "\(settings)")
            #expect(try run("info").contains(#/\nTemporary: sample-rate 86\d\d\ds, headers 86/#))
            #expect(try run("info", "--json").contains(#/"temporary":\[{"left_sec":86\d\d\d,"name":"sample/#))
            #expect(
                try run("save")
                    == "State saved to \(state) (0 settings). For a time, and not saved: sample-rate, headers, timeout.\n"
            )
            #expect(try run("set", "max-queue", "7") == "Max queue set to 7 (was 10000).\n")
            #expect(try run("pause") == "Mirroring paused.\n")
            #expect(contents(of: state).hasSuffix("\npause\n") && !contents(of: state).contains("set "))
            #expect(try run("save").contains(" (2 settings). For a time"))
            let all = status + settings + contents(of: state)
            #expect(!all.contains("secret") && !all.contains("for 10m"))
            first.process.kill()
            _ = try first.process.wait()
            let second = try agent()
            let after = try second.ask("show settings")
            for line in [
                "sample-rate: 100% (default 100%, from default)", "timeout: 10s (default 10s, from default)",
                "max-queue: 7 (default 10000, from state file)",
            ] {
                #expect(after.contains("\n\(line)\n"), "\(after)")
            }
            #expect(try second.ask("show info").contains("\nTemporary: none\n"))
        }

        @Test("two ends at once, a plain change and a reset in between")
        func ends() throws {
            let agent = try agent()
            _ = try agent.ask(
                "set sample-rate 50% for 1s; set timeout 7s for 1s; set max-queue 7 for 1s; set max-queue 8; "
                    + "set resend all for 1s")
            #expect(
                try agent.ask("reset resend").contains(
                    #/^Resend reset to idempotent \(was all for another 1s\).\n/#))
            try logs(agent, "the time of sample-rate 50% is over: back to 100%\n")
            try logs(agent, "the time of timeout 7s is over: back to 10s\n")
            #expect(
                try agent.ask("show settings").contains(
                    "\nmax-queue: 8 (default 10000, from runtime, not saved)\n"))
            #expect(!agent.process.log.contains("the time of max-queue"))
            #expect(!agent.process.log.contains("the time of resend"))
        }

        @Test("a state file has no changes for a time")
        func stateFile() throws {
            try "# spoa-mirror state 1\nset timeout 3s for 10m\n".write(
                toFile: state, atomically: true, encoding: .utf8)
            let run = try CommandLineRun(["--state-file", state, "--check"])
            #expect(run.exit != .status(0))
            #expect(run.errors.contains("line 2: 'set timeout 3s for 10m' ('set <setting> <value>', "))
        }
    }
}
