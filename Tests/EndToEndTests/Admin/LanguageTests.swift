import AdminSocket
import Foundation
import Testing

extension EndToEnd {
    /// The same commands in the shell, in what is piped in, and over the admin socket.
    @Suite("Admin: one language")
    struct LanguageTests: ClientSuite {
        let stage: ClientStage

        init() throws { stage = try ClientStage() }

        /// What is the same however often it is asked for.
        private static let pairs = [
            ("show version", "version"), ("show settings", "settings"), ("show errors json", "errors --json"),
            ("show settings json", "settings --json"), ("set timeout 3s; set timeout 3s", "set timeout 3s"),
            ("pause 10m", "pause --for 10m"),
            ("resume", "resume"), ("clear counters all", "clear-counters"),
            ("set url http://127.0.0.1:8/; set url http://127.0.0.1:8/", "set-url http://127.0.0.1:8/"),
            ("reset all; reset timeout", "reset timeout"), ("wait drained", "wait-drained"),
            ("save state", "save"),
            ("show connections", "connections json"),
        ]

        @Test("each place understands the words of the others", arguments: pairs)
        func places(_ socket: String, _ verb: String) throws {
            let answers = try agent.ask(socket).components(separatedBy: "\n\n").dropLast()
            let expected = verb.hasPrefix("connections") ? "" : try #require(answers.last)
            let command = socket.components(separatedBy: "; ").last ?? ""
            for line in [verb, command] {
                let inShell = try MirrorctlRun(line.components(separatedBy: " "), socket: agent.adminSocket)
                let piped = try pipe("\(line)\n")
                for run in [inShell, piped] {
                    #expect(run.status == 0 && run.errors.isEmpty, "\(line): \(run.errors)")
                    #expect(run.output.hasPrefix(expected), "\(line): \(run.output)")
                }
            }
        }

        @Test("what is piped in may be many lines, comments and a command that fails")
        func piped() throws {
            let run = try pipe("# one\n\nshow version; frob\r\n  set timeout 3s\nset x 1\nquit\nshow info\n")
            #expect(run.output == "\(Release.number)\nTimeout set to 3s (was 10s).\n")
            #expect(
                run.errors == """
                    mirrorctl: Unknown command: 'frob', try 'help'.
                    mirrorctl: Unknown setting: 'x', 'show settings' lists them.

                    """)
            #expect(run.status == 64, "of the first that failed")
            #expect(try pipe("show version").output == "\(Release.number)\n", "without a line break")
            #expect(try pipe("set x 1").status == 1)
            let nothing = try pipe("\n# nothing\n")
            #expect(nothing.status == 64 && nothing.errors.hasPrefix("mirrorctl: A command is missing"))
            let empty = try pipe("show version", "-q")
            #expect(empty.output.isEmpty && empty.status == 0)
        }

        @Test("everything has JSON, failures and mistakes too")
        func json() throws {
            func object(_ run: MirrorctlRun) throws -> [String: Any] {
                #expect(run.output.split(separator: "\n").count == 1, "\(run.output)")
                return try #require(
                    try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            }
            for (line, status) in [
                ("resume", 0), ("set timeout 3s", 0), ("save", 0), ("wait-drained", 0), ("clear counters", 0),
                ("metrics", 0), ("version", 0), ("help", 0), ("frob", 64), ("set colour red", 1),
                ("--timeout 0 status", 64), ("help frob", 64), ("status now", 64), ("raw show version", 0),
                ("raw frob", 1), ("-s /nonexistent status", 3),
            ] as [(String, Int)] {
                let run = try MirrorctlRun(
                    ["--json"] + line.components(separatedBy: " "), socket: agent.adminSocket)
                let value = try object(run)
                #expect(value["format"] as? Int == 1 && value["ok"] as? Bool == (status == 0), "\(line)")
                #expect(run.status == Int32(status), "\(line)")
                guard status != 0 else { continue }
                #expect(value["code"] as? Int == status, "\(line)")
                #expect(run.errors == "mirrorctl: \(value["error"] as? String ?? "")\n", "\(line)")
            }
            #expect(try object(run("--json", "resume"))["message"] as? String == "Mirroring resumed.")
            #expect(try object(pipe("frob --json\n"))["code"] as? Int == 64)
        }

        @Test("help is there without a daemon, and help of nothing is a mistake")
        func help() throws {
            let page = try MirrorctlRun(["--help"])
            #expect(try page.status == 0 && page.output == MirrorctlRun(["help"]).output)
            for row in ["  status [json]", "  show stat [json]", "  stats [json]", "  -s, --socket <path>"] {
                #expect(page.output.contains("\n\(row)"))
            }
            #expect(try MirrorctlRun(["help", "pause"]).output == MirrorctlRun(["pause", "-h"]).output)
            #expect(
                try MirrorctlRun(["help", "set", "timeout"]).output.hasPrefix(
                    "set timeout TIME [for <duration>]  "))
            // What ends a prompt, and what is for other clients, is explained all the same.
            for (name, text) in [
                ("quit", "quit  leave the prompt; so does exit\n"),
                ("prompt", "prompt  keep the connection open, with a prompt\n"),
            ] {
                let run = try MirrorctlRun(["help", name])
                #expect(run.status == 0 && run.output == text, "\(run.output)\(run.errors)")
            }
            let wrong = try MirrorctlRun(["help", "frob"])
            #expect(wrong.status == 64 && wrong.output.isEmpty)
            #expect(wrong.errors == "mirrorctl: Unknown command: 'frob', try 'mirrorctl help'.\n")
        }

        @Test(
            "shells ask the client what may come next",
            arguments: [
                ("", "add clear clear-counters connections delete destinations errors"),
                ("show ", "connections destinations errors info metrics settings stat version"),
                ("-q set truncated-body ", "drop headers send"),
                ("set log-level ", "critical debug error info"),
                ("raw show ", "connections destinations errors info"),
                ("help se", "add clear clear-counters"),
                ("set ", "breaker breaker-share connect-timeout credential-headers degraded-share"),
                ("-", "-s --socket -t --timeout --json"),
                ("--generate-completion-script ", "bash fish zsh"), ("pause 10m ", ""),
                ("set timeout 5s ", "for"),
                ("reset ", "all breaker breaker-share connect-timeout"), ("reset all ", ""),
            ])
        func completion(_ line: String, _ expected: String) throws {
            let run = try MirrorctlRun(["--complete"] + line.components(separatedBy: " "))
            #expect(run.status == 0)
            #expect(
                run.output.split(separator: "\n").joined(separator: " ").hasPrefix(expected), "\(run.output)")
            #expect(expected.isEmpty == run.output.isEmpty)
        }

        @Test("a name of a file is the shell's", arguments: ["-s ", "status --socket x", "metrics -o /e"])
        func completionOfFiles(_ line: String) throws {
            let run = try MirrorctlRun(["--complete"] + line.components(separatedBy: " "))
            #expect(run.status == 1 && run.output.isEmpty && run.errors.isEmpty)
        }

        @Test("completions for three shells", arguments: ["bash", "zsh", "fish"])
        func completions(_ shell: String) throws {
            let script = try directory.write(
                try run("--generate-completion-script", shell).output, to: "completions")
            // What a shell does with the script, of those that are here.
            guard shell == "bash" else { return #expect(contents(of: script).contains(" --complete ")) }
            func complete(_ words: String...) throws -> String {
                let process = try ChildProcess(
                    "/bin/bash",
                    [
                        "-c",
                        "source '\(script)'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                            + "_mirrorctl \"$1\" 2>/dev/null; echo \"${COMPREPLY[*]}\"", "bash",
                        try Executables.mirrorctl(),
                    ] + words, outputFile: directory.file("out"), errorFile: directory.file("err"))
                _ = try process.wait()
                defer { try? FileManager.default.removeItem(atPath: directory.file("out")) }
                return process.output
            }
            let verbs = try complete("")
            for word in ["set-sample-rate", "wait-drained"] { #expect(verbs.contains(word)) }
            #expect(!verbs.contains("--json"), "options are offered behind a dash")
            #expect(try complete("set", "").contains("max-queue-bytes"))
            #expect(try complete("set", "max-queue-b") == "max-queue-bytes\n")
            #expect(try complete("set", "truncated-body", "s") == "send\n")
            #expect(try complete("-s", "\(directory.path)/compl") == "\(directory.path)/completions\n")
        }
    }
}
