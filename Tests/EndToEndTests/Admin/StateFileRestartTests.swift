import Foundation
import Testing

extension EndToEnd {
    /// What was changed at run time, over a restart.
    @Suite("Admin: state file")
    struct StateFileRestartTests {
        private let directory: TemporaryDirectory
        private var state: String { directory.file("state") }

        init() throws { directory = try TemporaryDirectory() }

        private func agent(_ arguments: String...) throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["--state-file", state] + arguments, in: directory)
        }

        @Test("changes survive a restart, and go before the options")
        func survives() throws {
            let first = try agent()
            _ = try first.ask(
                "set url http://127.0.0.1:8/; set sample-rate 25%; set mark-header X-A:\\ b\\;\\\\c\\ \u{301}d; pause 1h"
            )
            #expect(try first.ask("save state") == "State saved to \(state) (4 settings).\n\n")
            _ = try first.ask("set sample-rate 75%")
            _ = try first.process.terminate()
            let second = try agent("--sample-rate", "50%")
            let settings = try second.ask("show settings")
            #expect(
                settings.contains(
                    "url: http://127.0.0.1:8/ (default http://localhost:10100/, from state file, option http://127.0.0.1:9/)\n"
                ))
            #expect(settings.contains("sample-rate: 25% (default 100%, from state file, option 50%)\n"))
            #expect(
                settings.contains(
                    "mark-header: X-A: b;\\c \u{301}d (default X-Mirrored-By: spoa-mirror, from state file)\n"
                ))
            #expect(settings.contains("paused: yes (default no, from state file)\n"))
            #expect(try second.ask("show info").contains("Pause_left_sec: "))
            #expect(
                second.process.log.contains(
                    "state file \(state) overrides the command line: url, sample-rate, mark-header, pause\n"
                ))
            // What came from the file is kept when it is written again.
            #expect(
                try second.ask("resume; save state")
                    == "Mirroring resumed.\n\nState saved to \(state) (3 settings).\n\n")
            #expect(!contents(of: state).contains("\npause") && !contents(of: state).contains("\nresume"))
        }

        @Test("no file lets an agent send that is started paused")
        func pausedGoesFirst() throws {
            try "resume\n".write(toFile: state, atomically: true, encoding: .utf8)
            let agent = try agent("--paused")
            #expect(try agent.ask("show settings").contains("paused: yes (default no, from option)\n"))
            #expect(try agent.ask("resume; save state").contains("resumed"))
        }

        @Test("one that cannot be understood keeps the agent from starting")
        func damaged() throws {
            for (line, reason) in [
                ("set sample-rate 500%", "Value out of range: '500%' (0% to 100% expected)."),
                (
                    "frob",
                    "'frob' ('set <setting> <value>', 'add destination <name> <url>', 'pause', 'pause until <seconds since 1970>' or 'resume' expected)"
                ),
            ] {
                try "# spoa-mirror state 1: a comment\n\(line)\n".write(
                    toFile: state, atomically: true, encoding: .utf8)
                let run = try CommandLineRun(["--state-file", state, "-p", "\(try Ports.free())"])
                #expect(run.exit == .status(78))
                let check = try CommandLineRun(["--state-file", state, "--check"])
                #expect(check.exit == .status(78) && check.errors == run.errors)
                #expect(run.errors == "spoa-mirror: state file \"\(state)\", line 2: \(reason)\n")
            }
        }

        @Test("no line of a file that is none is shown", arguments: ["", "# chap secrets\n", "\n"])
        func secret(beginning: String) throws {
            try "\(beginning)root:$6$hash: x\n".write(toFile: state, atomically: true, encoding: .utf8)
            let run = try CommandLineRun(["--state-file", state, "--check"])
            #expect(run.exit == .status(78))
            let line = beginning.isEmpty ? 1 : 2
            #expect(
                run.errors
                    == "spoa-mirror: state file \"\(state)\", line \(line): 'set <setting> <value>', 'add destination <name> <url>', 'pause', 'pause until <seconds since 1970>' or 'resume' expected\n"
            )
        }

        @Test("what somebody puts beside it is neither followed nor in the way")
        func planted() throws {
            let precious = try directory.write("precious", to: "precious")
            let agent = try agent()
            for plant in [symlink, link] {
                unlink("\(state).new")
                #expect(plant(precious, "\(state).new") == 0)
                #expect(try agent.ask("set sample-rate 5%; save state").hasSuffix("(1 setting).\n\n"))
                #expect(contents(of: precious) == "precious")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(names.filter { $0.hasPrefix("state") }.sorted() == ["state", "state.new"])
        }

        @Test("one that cannot be written is an error, and leaves the old one")
        func unwritable() throws {
            let folder = directory.file("folder")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let state = "\(folder)/state"
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["--state-file", state], in: directory)
            #expect(try agent.ask("set sample-rate 5%; save state").hasSuffix("(1 setting).\n\n"))
            let before = try String(contentsOfFile: state, encoding: .utf8)
            try FileManager.default.moveItem(atPath: folder, toPath: "\(folder).away")
            #expect(
                try agent.ask("set sample-rate 6%; save state").hasSuffix(
                    "Cannot write state file \"\(state)\": No such file or directory.\n\n"))
            #expect(try String(contentsOfFile: "\(folder).away/state", encoding: .utf8) == before)
            let none = try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", in: try TemporaryDirectory())
            #expect(
                try none.ask("save state") == "No state file (start the daemon with --state-file FILE).\n\n")
        }
    }
}
