import Testing

@testable import AdminSocket

@Suite("Hints")
struct HintTests {
    private func answer(_ line: String, in dialect: Dialect) throws -> String {
        let words = try RequestLine(line.utf8).commands[0]
        do throws(CommandError) {
            _ = try Command.find(words, level: .admin, in: dialect)
            return "taken"
        } catch {
            return error.description
        }
    }

    @Test(
        "words of a sentence, of HAProxy or of a shell lead to the command",
        arguments: [
            ("pause for 10m", "pause 10m"), ("pause --for 10m", "pause 10m"), ("pause 10 m", "pause 10m"),
            ("pause 10 minutes", "pause 10m"), ("pause on", "pause"), ("pause off", "resume"),
            ("pause forever", "pause"), ("stop pause", "resume"), ("disable paused", "resume"),
            ("wait drained for 5 s", "wait drained 5s"), ("set timeout=5s", "set timeout 5s"),
            ("set timeout = 5s", "set timeout 5s"), ("set timeout to 5 seconds", "set timeout 5s"),
            ("set sample rate 10%", "set sample-rate 10%"),
            ("set sample-rate 10 %", "set sample-rate 10%"),
            ("set max queue bytes 5MiB", "set max-queue-bytes 5MiB"),
            ("reset sample rate", "reset sample-rate"), ("set methods GET, HEAD", "set methods GET,HEAD"),
            ("set mark-header X-A: b c", #"set mark-header X-A:\ b\ c"#),
            ("set mark-header 'X-A: b'", #"set mark-header X-A:\ b"#),
            ("set url to http://h/", "set url http://h/"), ("SHOW INFO", "show info"),
            ("Pause 10m", "pause 10m"),
            ("show stat --json", "show stat json"), ("mirrorctl show stat", "show stat"),
            ("@1 show info", "show info"),
            ("list errors", "errors"), ("show servers state", "show info"), ("show sess", "show connections"),
            ("show state", "show info"), ("show timeout", "show settings"), ("show pause", "show info"),
            ("get timeout", "show settings"), ("offline", "pause"), ("sample rate 5%", "set sample-rate"),
            ("set-timeout 5s", "set timeout"), ("reset-all", "reset all"), ("timeout=5s", "set timeout"),
            ("clear stats", "clear counters"), ("?", "help"), ("top", "show info"),
            ("disable server b/s", "pause"),
            ("set sample-rate 5% 10m", "set sample-rate 5% for 10m"),
            ("set sample-rate 5% 10 minutes", "set sample-rate 5% for 10m"),
            ("set sample-rate 5% for 10 min", "set sample-rate 5% for 10m"),
            ("set sample rate to 5 % for 10m", "set sample-rate 5% for 10m"),
            ("set sample-rate=5% for 10m", "set sample-rate 5% for 10m"),
            ("set sample-rate 5% for ever", "set sample-rate 5%"),
            ("set methods GET HEAD for 1 hour", "set methods GET,HEAD for 1h"),
            ("set mark-header X-A: b for 10m", #"set mark-header X-A:\ b for 10m"#),
            ("set url http://h/ 10m", "set url http://h/ for 10m"),
            ("set url to http://h/ for 10 m", "set url http://h/ for 10m"),
            ("set url http://h/ require-reachable for good", "set url http://h/ require-reachable"),
            ("set timeout for 5s", "set timeout 5s"),
        ])
    func meant(_ line: String, _ command: String) throws {
        let text = try RequestLine(line.utf8).commands[0].joined(separator: " ")
        #expect(
            try answer(line, in: .socket()) == "Unknown command: '\(text)', did you mean '\(command)'?")
    }

    @Test(
        "what is missing, or too much, is said with what is expected",
        arguments: [
            (
                "show",
                "Missing argument: 'show' takes info, stat, metrics, destinations, version, settings, errors, connections."
            ),
            ("clear", "Missing argument: 'clear counters [all]' expected."),
            ("wait", "Missing argument: 'wait drained [<duration>]' expected."),
            ("set timeout", "Missing argument: 'set timeout TIME' expected."),
            ("set timeuot", "Unknown setting: 'timeuot', did you mean 'timeout'?"),
            ("set maxconn global 5", "Unknown setting: 'maxconn', did you mean 'max-connections'?"),
            ("set timeout 5s x", "Unexpected argument: 'x' ('set timeout TIME' expected)."),
            (
                "set timeout 5s for",
                "Missing argument: 'set timeout TIME [for <duration>]' expected, such as 'set timeout 5s for 10m'."
            ),
            (
                "set timeout 5s for 10m now",
                "Unexpected argument: 'now' ('set timeout TIME [for <duration>]' expected)."
            ),
            (
                "set url u for",
                "Missing argument: 'set url <url> [require-reachable] [for <duration>]' expected, such as 'set url u for 10m'."
            ),
            ("set timeout 5s for 10m", "taken"), ("set timeout 5s for 10", "taken"),
            (
                "pause until tomorrow",
                "Unexpected argument: 'tomorrow' ('pause [<duration>]' expected, such as 'pause 10m')."
            ),
            ("reload", "Unknown command: 'reload', 'systemctl reload spoa-mirror' does that."),
            ("pause 10m", "taken"), ("pause 0", "taken"), ("set paused yes", "taken"),
        ])
    func expected(_ line: String, _ text: String) throws {
        #expect(try answer(line, in: .socket()) == text)
    }

    @Test("a shell needs quotes where the socket needs backslashes")
    func shell() throws {
        let shell = Dialect(rows: Dialect.socket().rows, prefix: "program ")
        #expect(
            try answer("set mark-header X-A: b", in: shell)
                == #"Unknown command: 'set mark-header X-A: b', did you mean 'program set mark-header "X-A: b"'?"#
        )
    }

    @Test("names of settings that others use")
    func settings() {
        let socket = Dialect.socket()
        for (name, value, hint) in [
            ("destination", nil, "did you mean 'url'?"), ("TIMEOUT", nil, "did you mean 'timeout'?"),
            ("max_queue", nil, "did you mean 'max-queue'?"), ("weight", nil, "did you mean 'sample-rate'?"),
            ("paused", "off", "did you mean 'resume'?"), ("paused", "yes", "did you mean 'pause'?"),
            ("enabled", "yes", "did you mean 'resume'?"), ("enabled", "false", "did you mean 'pause'?"),
        ] {
            #expect(socket.unknown(setting: name, value: value) == "Unknown setting: '\(name)', \(hint)")
        }
        #expect(socket.unknown(setting: "ALL", for: "reset") == "Unknown setting: 'ALL', did you mean 'all'?")
    }

    @Test("help on a command with its arguments is help on the command")
    func help() throws {
        #expect(try Dialect.socket().help(on: ["pause", "10m"]) == Dialect.socket().help(on: ["pause"]))
        #expect(throws: CommandError.self) { try Dialect.socket().help(on: ["set", "colour"]) }
    }
}
