internal import AdminSocket
internal import ArgumentParser

struct Status: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show state, rates, losses and latencies on one screen.")
    @OptionGroup var options: VerbOptions

    func run() throws {
        if options.wantsJSON {
            let (info, stat) = (try ask(["show", "info", "json"]), try ask(["show", "stat", "json"]))
            guard !options.isQuiet else { return }
            return Terminal.print("{\"format\":1,\"info\":\(info.joined()),\"stat\":\(stat.joined())}\n")
        }
        let screen = StatusScreen(info: try ask(["show", "info"]), stat: try ask(["show", "stat"]))
        guard !options.isQuiet else { return }
        Terminal.print(screen.text(isColoured: Terminal.hasColour))
    }
}

struct SetURL: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set-url", abstract: "Send copies to another mirror from now on.")
    @OptionGroup var options: VerbOptions
    @Argument(help: "http:// or https://, host, port, and a path that is put before each target.")
    var url: String

    func run() throws { try perform("set", "url", url) }
}

struct SetSampleRate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set-sample-rate", abstract: "Mirror this share of requests.")
    @OptionGroup var options: VerbOptions
    @Argument(help: "0% to 100%, in steps of 0.001%.")
    var percent: String

    func run() throws { try perform("set", "sample-rate", percent) }
}

struct Pause: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Acknowledge everything and send nothing, until 'resume'.")
    @OptionGroup var options: VerbOptions
    @Option(name: .customLong("for"), help: "Resume by itself after this time, such as 10m.")
    var duration: String?

    func run() throws {
        if let duration { try perform("pause", duration) } else { try perform("pause") }
    }
}

struct Resume: Verb {
    static let configuration = CommandConfiguration(abstract: "Mirror again.")
    @OptionGroup var options: VerbOptions

    func run() throws { try perform("resume") }
}

struct SetSetting: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a live setting; 'settings' lists them.")
    @OptionGroup var options: VerbOptions
    @Argument(help: "Its name.", completion: .list(SettingName.allCases.map(\.rawValue)))
    var name: String
    @Argument(help: "Its new value.")
    var value: String

    func run() throws { try perform("set", name, value) }
}

struct Settings: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show every live setting, its default, and where its value came from.")
    @OptionGroup var options: VerbOptions

    func run() throws { try show("show", "settings") }
}

struct Stats: Verb {
    static let configuration = CommandConfiguration(abstract: "Show every counter.")
    @OptionGroup var options: VerbOptions

    func run() throws { try show("show", "stat") }
}

struct Metrics: Verb {
    static let configuration = CommandConfiguration(abstract: "Print everything in Prometheus' text format.")
    @OptionGroup var options: VerbOptions
    @Option(
        name: .shortAndLong,
        help:
            "Write to this file, by renaming one that is complete: for the textfile collector; - is standard output.",
        completion: .file())
    var output: String?

    func run() throws {
        guard let output, output != "-" else { return try perform("show", "metrics") }
        let text = try ask(["show", "metrics"]).map { "\($0)\n" }.joined()
        try MetricsFile.write(text, to: output, patience: options.timeout)
    }
}

struct Errors: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show the last 64 copies that failed or could not be sent.")
    @OptionGroup var options: VerbOptions

    func run() throws { try show("show", "errors") }
}

struct Connections: Verb {
    static let configuration = CommandConfiguration(abstract: "Show the connections from HAProxy.")
    @OptionGroup var options: VerbOptions

    func run() throws { try show("show", "connections") }
}

struct WaitDrained: Verb {
    static let configuration = CommandConfiguration(
        commandName: "wait-drained", abstract: "Wait until no copy is waiting or under way.",
        discussion: "Ends with exit code 75 when that takes longer than --timeout.")
    @OptionGroup var options: VerbOptions

    func run() throws {
        // The daemon times out first, and says so.
        try perform("wait", "drained", "\(max(1, Int(options.timeout * 1000)))ms", extraTime: 2)
    }
}

struct Save: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Write the changed settings to the state file, to be in force after a restart.")
    @OptionGroup var options: VerbOptions

    func run() throws { try perform("save", "state") }
}

struct ClearCounters: Verb {
    static let configuration = CommandConfiguration(
        commandName: "clear-counters", abstract: "Let 'stats' and 'status' count anew.")
    @OptionGroup var options: VerbOptions

    func run() throws { try perform("clear", "counters") }
}

struct Raw: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Send one line of commands as it is: raw 'show info; show stat'.")
    @OptionGroup var options: VerbOptions
    @Argument(parsing: .remaining, help: "The line: commands separated by ';'.")
    var line: [String]

    func run() throws {
        var refusal: Failure?
        for reply in try options.client().ask(line.joined(separator: " ")) {
            switch reply {
            case .data(let lines):
                if !options.isQuiet { Terminal.print(lines.map { "\($0)\n" }.joined() + "\n") }
            case .message(let text): if !options.isQuiet { Terminal.print("\(text)\n\n") }
            case .error(let text):
                refusal = refusal ?? .refused(text)
                Terminal.complain(text)
            }
        }
        // It has been told already, between the other answers.
        if let refusal { throw ExitCode(refusal.exitCode) }
    }
}
