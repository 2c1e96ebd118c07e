internal import AdminSocket
internal import ArgumentParser

struct Status: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show state, rates, losses and latencies on one screen.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        if wantsJSON {
            let (info, stat) = (try ask(["show", "info", "json"]), try ask(["show", "stat", "json"]))
            guard !isQuiet else { return }
            return Terminal.print("{\"format\":1,\"info\":\(info.joined()),\"stat\":\(stat.joined())}\n")
        }
        let screen = StatusScreen(info: try ask(["show", "info"]), stat: try ask(["show", "stat"]))
        guard !isQuiet else { return }
        Terminal.print(screen.text(isColoured: Terminal.hasColour))
    }
}

struct SetURL: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set-url", abstract: "Send copies to another mirror from now on.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "http:// or https://, host, port, and a path that is put before each target.")
    var url: String

    func run() throws { try perform("set", "url", url) }
}

struct SetSampleRate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set-sample-rate", abstract: "Mirror this share of requests.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "0% to 100%, in steps of 0.001%.")
    var percent: String

    func run() throws { try perform("set", "sample-rate", percent) }
}

struct Pause: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Acknowledge everything and send nothing, until 'resume'.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions
    @Option(name: .customLong("for"), help: "Resume by itself after this time, such as 10m.")
    var duration: String?

    func run() throws {
        if let duration { try perform("pause", duration) } else { try perform("pause") }
    }
}

struct Resume: Verb {
    static let configuration = CommandConfiguration(abstract: "Mirror again.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws { try perform("resume") }
}

struct SetSetting: Verb {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a live setting; 'settings' lists them.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Its name.", completion: .list(SettingName.allCases.map(\.rawValue)))
    var name: String
    @Argument(help: "Its new value.")
    var value: String

    func run() throws { try perform("set", name, value) }
}

struct Settings: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show every live setting, its default, and where its value came from.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws { try show("show", "settings") }
}

struct Stats: Verb {
    static let configuration = CommandConfiguration(abstract: "Show every counter.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws { try show("show", "stat") }
}

struct Metrics: Verb {
    static let configuration = CommandConfiguration(abstract: "Print everything in Prometheus' text format.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions
    @Option(
        name: .shortAndLong,
        help:
            "Write to this file, by renaming one that is complete: for the textfile collector; - is standard output.",
        completion: .file())
    var output: String?

    func run() throws {
        guard let output, output != "-" else { return try perform("show", "metrics") }
        let text = try ask(["show", "metrics"]).map { "\($0)\n" }.joined()
        let patience = connection.timeout ?? parent.connection.timeout ?? 5
        do throws(MetricsFile.Failure) { try MetricsFile.write(text, to: output, patience: patience) } catch {
            throw Terminal.end("\(error)", code: 73)
        }
    }
}

struct Errors: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Show the last 64 copies that failed or could not be sent.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws { try show("show", "errors") }
}

struct Connections: Verb {
    static let configuration = CommandConfiguration(abstract: "Show the connections from HAProxy.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws { try show("show", "connections") }
}

struct WaitDrained: Verb {
    static let configuration = CommandConfiguration(
        commandName: "wait-drained", abstract: "Wait until no copy is waiting or under way.",
        discussion: "Ends with exit code 75 when that takes longer than --timeout.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let seconds = connection.timeout ?? parent.connection.timeout ?? 5
        // The daemon times out first, and says so.
        try perform("wait", "drained", "\(max(1, Int(seconds * 1000)))ms", extraTime: 2)
    }
}

struct Save: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Write the changed settings to the state file, to be in force after a restart.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws { try perform("save", "state") }
}

struct ClearCounters: Verb {
    static let configuration = CommandConfiguration(
        commandName: "clear-counters", abstract: "Let 'stats' and 'status' count anew.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions

    func run() throws { try perform("clear", "counters") }
}

struct Raw: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Send one line of commands as it is: raw 'show info; show stat'.")
    @ParentCommand var parent: Mirrorctl
    @OptionGroup var connection: ConnectionOptions
    @Argument(parsing: .remaining, help: "The line: commands separated by ';'.")
    var line: [String]

    func run() throws {
        let client = connection.client(or: parent.connection)
        do throws(Client.Failure) {
            let replies = try client.ask(line.joined(separator: " "))
            var worst: Client.Failure?
            for reply in replies {
                switch reply {
                case .data(let lines): if !isQuiet { Terminal.print(lines.map { "\($0)\n" }.joined() + "\n") }
                case .message(let text): if !isQuiet { Terminal.print("\(text)\n\n") }
                case .error(let text):
                    worst = worst ?? .refused(text)
                    Terminal.complain(text)
                }
            }
            if let worst { throw worst }
        } catch .refused(let text) {
            throw ExitCode(Client.Failure.refused(text).exitCode)
        } catch {
            throw Terminal.end(error)
        }
    }
}
