import Foundation
import Testing

extension EndToEnd {
    /// The admin socket as an operator with socat meets it: every command, its answer, its errors.
    @Suite("Admin: commands")
    struct AdminCommandsTests: ClientSuite {
        let stage: ClientStage

        init() throws { stage = try ClientStage() }

        @Test(
            "changes answer with the new state",
            arguments: [
                ("pause", "Mirroring paused."), ("pause 10m", "Mirroring paused for 10m."),
                ("resume", "Mirroring resumed."),
                (
                    "set url http://127.0.0.1:8/x",
                    "Destination set to http://127.0.0.1:8/x (was http://127.0.0.1:9/). Warning: connection refused (127.0.0.1:8)."
                ),
                ("set sample-rate 0.125%", "Sample rate set to 0.125% (was 100%)."),
                ("set max-queue-bytes 1MiB", "Max queue bytes set to 1MiB (was 64MiB)."),
                ("set timeout 1500", "Timeout set to 1500ms (was 10s)."),
                ("set host-header destination", "Host header set to destination (was preserve)."),
                (
                    "set mark-header X-Copy:\\ yes",
                    "Mark header set to X-Copy: yes (was X-Mirrored-By: spoa-mirror)."
                ),
                ("set log-level error", "Log level set to error (was info)."),
                ("set request-log on", "Request log set to on (was off)."),
                ("reset timeout", "Timeout is not changed: it is 10s."),
                ("reset all", "No setting is changed."),
                (
                    "resume; reset url",
                    """
                    Mirroring resumed.

                    Destination is not changed: it is http://127.0.0.1:9/. Warning: connection refused (127.0.0.1:9).
                    """
                ),
                ("clear counters", "Counters cleared."), ("clear counters all", "Counters cleared."),
                ("wait drained", "Drained."), ("clear-counters", "Counters cleared."),
                ("set-sample-rate 7%", "Sample rate set to 7% (was 100%)."),
                ("wait drained 1s", "Drained."),
            ])
        func changes(_ line: String, _ expected: String) throws {
            #expect(try agent.ask(line) == "\(expected)\n\n")
        }

        @Test(
            "mistakes say what was wrong and what is right",
            arguments: [
                ("sohw info", "Unknown command: 'sohw info', did you mean 'show info'?"),
                ("set sample-rate 150%", "Value out of range: '150%' (0% to 100% expected)."),
                (
                    "set sample-rate 0.5",
                    "Invalid value: '0.5' (0% to 100%, in steps of 0.001% expected, such as 0.5% or 50%)."
                ),
                ("set url ftp://h/", "Invalid URL: scheme 'ftp' (http or https expected)."),
                ("set url http://u:p@h/", "Invalid URL: credentials are not allowed in it."),
                (
                    "set url http://h/?x",
                    "Invalid URL: a query or fragment is not allowed in it, its path is a prefix."
                ),
                ("set max-queue 0", "Value out of range: '0' (a number from 1 to 10000000 expected)."),
                ("set max-queue many", "Invalid value: 'many' (a number from 1 to 10000000 expected)."),
                ("set tiemout 5s", "Unknown setting: 'tiemout', did you mean 'timeout'?"),
                ("set mirror-url http://h/", "Unknown setting: 'mirror-url', did you mean 'url'?"),
                ("set colour red", "Unknown setting: 'colour', 'show settings' lists them."),
                (
                    "set url",
                    "Missing argument: 'set url <url> [require-reachable] [for <duration>]' expected."
                ),
                (
                    "set url a b",
                    "Unexpected argument: 'b' ('set url <url> [require-reachable] [for <duration>]' expected)."
                ),
                (
                    "pause soon",
                    "Invalid value: 'soon' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s)."
                ),
                ("set url http://h:0/", "Invalid URL: port 0 (1 to 65535 expected)."),
                (
                    "set mark-header X:\u{202E}a",
                    "The line is not UTF-8 text, or has control characters in it."
                ),
                ("clear counters some", "Unexpected argument: 'some' ('clear counters [all]' expected)."),
                ("pause 0", "Value out of range: '0' (at least 1s expected)."),
                (
                    "pause 10",
                    "Value out of range: '10' is 10ms without a unit (at least 1s expected, such as 10s)."
                ),
                ("pause 100000d", "Value out of range: '100000d' (at most 36525d expected)."),
                ("set paused yes", "Unknown setting: 'paused', did you mean 'pause'?"),
                ("help set colour", "Unknown setting: 'colour', 'show settings' lists them."),
                ("reset", "Missing argument: 'reset <setting>|all' expected."),
                ("reset counters", "Unknown setting: 'counters', did you mean 'clear counters'?"),
                ("reset pause", "Unknown setting: 'pause', did you mean 'resume'?"),
                ("reset tiemout", "Unknown setting: 'tiemout', did you mean 'timeout'?"),
                ("reset timeout 5s", "Unexpected argument: '5s' ('reset <setting>|all' expected)."),
                ("help reset colour", "Unknown setting: 'colour', 'show settings' lists them."),
                ("status", "Unknown command: 'status', did you mean 'show info'?"),
                ("stats xml", "Unexpected argument: 'xml' ('stats [json]' expected)."),
                ("show stat xml", "Unexpected argument: 'xml' ('show stat [json]' expected)."),
                ("set severity-output loud", "Invalid value: 'loud' (none, number or string expected)."),
                ("help nonsense", "Unknown command: 'nonsense', try 'help'."),
                ("show info\\", "The line ends with a backslash."),
            ])
        func mistakes(_ line: String, _ expected: String) throws {
            let before = try agent.ask("show settings")
            #expect(try agent.ask(line) == "\(expected)\n\n")
            #expect(try agent.ask("show settings") == before, "a mistake changes nothing")
        }

        @Test("severity goes before messages and errors, never before data")
        func severity() throws {
            #expect(
                try agent.ask("set severity-output number; pause; frob; show version")
                    == "\n[6]: Mirroring paused.\n\n[3]: Unknown command: 'frob', try 'help'.\n\n\(AdminClient.versionAnswer)"
            )
            #expect(try agent.ask("set severity-output string; resume") == "\n[info]: Mirroring resumed.\n\n")
        }

        @Test("a failed command does not stop the rest of the line, and quit does")
        func lines() throws {
            #expect(
                try agent.ask("frob; show version; quit; show version")
                    == "Unknown command: 'frob', try 'help'.\n\n\(AdminClient.versionAnswer)")
        }

        @Test("a prompt keeps the connection open")
        func prompt() throws {
            let socket = try Socket.connect(to: .unix(agent.adminSocket))
            try socket.write("prompt\n")
            #expect(try socket.read() == Array("\n> ".utf8))
            try socket.write("set severity-output number\r\n")
            #expect(try socket.read() == Array("\n> ".utf8))
            try socket.write("pause\nresume\n")
            var text = ""
            while !text.hasSuffix("[6]: Mirroring resumed.\n\n> ") {
                text += String(decoding: try socket.read(), as: UTF8.self)
            }
            #expect(text == "[6]: Mirroring paused.\n\n> [6]: Mirroring resumed.\n\n> ")
            try socket.write("quit\n")
            #expect(try socket.readToEnd().isEmpty)
        }

        @Test("byte by byte, and without a line break at the end")
        func slowly() throws {
            let socket = try Socket.connect(to: .unix(agent.adminSocket))
            for byte in "show  version ;\tshow version".utf8 { try socket.write([byte]) }
            socket.endWriting()
            #expect(
                try socket.readToEnd() == Array((AdminClient.versionAnswer + AdminClient.versionAnswer).utf8))
        }

        @Test("every command of the help is there, and each answer ends with its only empty line")
        func everyAnswer() throws {
            let commands = try agent.ask("help").split(separator: "\n").map { line in
                line.components(separatedBy: "  ")[0]
            }
            #expect(commands.count == 24)
            for command in commands
            where !command.contains("<setting>") && !command.hasPrefix("prompt") && command != "quit" {
                let words = command.split(separator: " ").filter { !$0.hasPrefix("[") }.map {
                    $0.contains("|") ? "none" : $0
                }
                let answer = try agent.ask(words.joined(separator: " "))
                #expect(answer.hasSuffix("\n\n") || answer == "\n", "\(command)")
                #expect(!answer.dropLast(2).contains("\n\n"), "\(command)")
            }
        }

        @Test("JSON has a format version", arguments: ["info", "stat", "settings", "errors", "connections"])
        func json(_ what: String) throws {
            let answer = try agent.ask("show \(what) json")
            #expect(answer.split(separator: "\n").count == 1)
            let value = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
            #expect(value?["format"] as? Int == (what == "info" ? 2 : 1))
        }

        @Test("the settings tell where they came from")
        func origins() throws {
            _ = try agent.ask("set sample-rate 50%; set timeout 10s")
            let lines = try agent.ask("show settings").split(separator: "\n")
            #expect(lines.contains("url: http://127.0.0.1:9/ (default http://localhost:10100/, from option)"))
            #expect(lines.contains("sample-rate: 50% (default 100%, from runtime, not saved)"))
            #expect(lines.contains("timeout: 10s (default 10s, from runtime)"))
            #expect(lines.contains("max-queue: 10000 (default 10000, from default)"))
            #expect(lines.contains("paused: no (default no, from default)"))
        }

        @Test("a level that hides everything does not hide changes")
        func hiddenChanges() throws {
            _ = try agent.ask("set log-level critical; set sample-rate 1%; set log-level info")
            try eventually("all three are in the log", evidence: { agent.process.log }) {
                agent.process.log.components(separatedBy: " notice admin: ").count == 4
            }
        }

        @Test("a flood of changes is summed up, with who made them and the last")
        func flood() throws {
            let line = Array(repeating: "pause;resume", count: 32).joined(separator: ";")
            for _ in 0..<50 { _ = try agent.ask(line) }
            _ = try agent.ask("set sample-rate 50%; set sample-rate 40%; pause")
            func changes() -> [String] {
                agent.process.log.components(separatedBy: "\n").filter { $0.contains(" notice admin: ") }
            }
            let who = "[uid \(getuid()), pid \(getpid())]"
            /// How many changes of the pause the log tells of, and in how many lines.
            func told() -> (changes: Int, lines: Int) {
                let lines = changes().filter { $0.contains("admin: pause: ") || $0.contains("Mirroring ") }
                return (lines.reduce(0) { $0 + (Self.sum(in: $1) ?? 1) }, lines.count)
            }
            try eventually("all are told of", evidence: { agent.process.log }) {
                told().changes == 50 * 64 + 1
            }
            #expect(told().lines < 100, "\(told())")
            #expect(changes().last?.hasSuffix("Mirroring paused. \(who)") == true, "\(changes())")
            for rate in ["50% (was 100%)", "40% (was 50%)"] {
                #expect(changes().contains { $0.hasSuffix("admin: Sample rate set to \(rate). \(who)") })
            }
            // What went on is news again at the end, at the latest.
            _ = try agent.ask("resume")
            #expect(try agent.process.terminate() == .status(0))
            #expect(changes().last?.hasSuffix("Mirroring resumed. \(who)") == true, "\(changes())")
        }

        /// `N` of `admin: pause: N more changes (uid U: N), the last: ...`.
        private static func sum(in line: String) -> Int? {
            let form = /admin: pause: (\d+) more changes \(uid (\d+): (\d+)\)/
            guard let match = line.firstMatch(of: form) else { return nil }
            return match.1 == match.3 && match.2 == "\(getuid())" ? Int(match.1) : nil
        }

        @Test("each change is logged with who made it")
        func log() throws {
            _ = try agent.ask("set sample-rate 50%")
            try eventually("the change is in the log", evidence: { agent.process.log }) {
                agent.process.log.contains(
                    "admin: Sample rate set to 50% (was 100%). [uid \(getuid()), pid \(getpid())]")
            }
        }
    }
}
