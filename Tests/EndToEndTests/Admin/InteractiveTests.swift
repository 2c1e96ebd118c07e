import AdminSocket
import Foundation
import Testing

extension EndToEnd {
    /// The client without a verb, typed at on a terminal.
    @Suite("mirrorctl: interactive")
    struct InteractiveTests {
        /// Types each line, a printf(1) format, once the prompt for it is there; returns what the terminal showed.
        private func type(_ lines: [String], at agent: WatchedAgent) throws -> String {
            let screen = agent.directory.file("screen")
            // Without it the first loop ends at once, and a Ctrl-C that comes before the prompt ends the client.
            try "".write(toFile: screen, atomically: false, encoding: .utf8)
            let typist = lines.enumerated().map { index, line in
                "while [ $(grep -c 'mirror> ' '\(screen)') -le \(index) ]; do sleep 0.02; done; printf '\(line)\\n'"
            }
            let client = "'\(try Executables.mirrorctl())' -s '\(agent.adminSocket)'"
            let process = try ChildProcess(
                "/bin/sh",
                ["-c", "(\(typist.joined(separator: "; "))) | script -qfec \"\(client)\" '\(screen)'"],
                outputFile: agent.directory.file("script.out"), errorFile: agent.directory.file("script.err"),
                environment: ["HOME": agent.directory.path, "TERM": "xterm"])
            #expect(try process.wait() == .status(0), "\(process.output)\(process.errors)")
            return contents(of: screen)
        }

        @Test("each completion ends with a blank, and lines are kept for the next time")
        func completes() throws {
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(try Ports.free())/", in: try TemporaryDirectory())
            let screen = try type(
                [
                    "se\\tsample-r\\t9%%", "sho\\tver\\t", "se\\tsample-r\\t7%%", "sho\\tver\\t",
                    "se\\tsample-s\\tpepper", "se\\tsample-r\\t5%%", "exit",
                ],
                at: agent)
            for change in ["9% (was 100%)", "7% (was 9%)", "5% (was 7%)"] {
                #expect(screen.contains("Sample rate set to \(change)."))
            }
            #expect(!screen.contains("mirrorctl: "), "\(screen)")
            #expect(screen.contains("Sample salt is now set (was not set)."))
            let history = contents(of: agent.directory.file(".mirrorctl_history"))
            #expect(history.contains("set\\040sample-rate\\0405%"))
            #expect(!history.contains("pepper"), "a secret is not kept")
        }

        @Test("Ctrl-C clears the line, verbs work, and values are completed")
        func language() throws {
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(try Ports.free())/", in: try TemporaryDirectory())
            let screen = try type(
                [
                    "pause\\003show version", "set trunc\\the\\t", "settin\\t", "frob", "stats --json",
                    "pause --for 10m", "help set timeout", "quit",
                ],
                at: agent)
            #expect(screen.contains("\(Release.number)\r\n"))
            #expect(screen.contains("Truncated body set to headers (was drop)."))
            #expect(screen.contains("truncated-body: headers (default drop, from runtime, not saved)"))
            #expect(screen.contains("mirrorctl: Unknown command: 'frob', try 'help'."))
            #expect(screen.contains(#"{"counters":{"#))
            #expect(
                screen.contains("Mirroring paused for 10m, or until the agent restarts.")
                    && screen.contains("set timeout TIME [for <duration>]"))
            #expect(!screen.contains("Mirroring paused until"))
        }
    }
}
