internal import AdminSocket
internal import System

/// What stands before a command or behind it, and the command's words.
struct ClientOptions {
    var socket: String?
    /// In seconds.
    var timeout: Double?
    var isJSON = false
    var isQuiet = false
    var wantsHelp = false
    var wantsVersion = false
    var completionShell: String?
    /// The name of the one that the command is about.
    var destination: String?
    /// Of `pause` and `set`.
    var duration: String?
    /// Of `set url`.
    var requiresReachable = false
    /// Of `metrics`.
    var output: String?
    var words: [String] = []

    /// Whether they need no command beside them.
    var isCommand: Bool { wantsHelp || wantsVersion || completionShell != nil }

    /// Of the socket.
    var path: String { socket ?? Environment.value("MIRRORCTL_SOCKET") ?? "/run/spoa-mirror/admin.sock" }

    /// One option: what help, completion and the parser know of it.
    struct Option: Sendable {
        /// `-s, --socket`.
        let names: [String]
        /// What stands for its value; nil when it has none.
        let value: String?
        let help: String
        let apply: @Sendable (inout ClientOptions, String) throws(Failure) -> Void

        init(
            _ names: String, _ value: String? = nil, _ help: String,
            apply: @escaping @Sendable (inout ClientOptions, String) throws(Failure) -> Void
        ) {
            self.names = names.split(separator: " ").map(String.init)
            (self.value, self.help, self.apply) = (value, help, apply)
        }

        var usage: String { names.joined(separator: ", ") + (value.map { " <\($0)>" } ?? "") }
    }

    static let table = [
        Option(
            "-s --socket", "path",
            "The admin socket. (default: $MIRRORCTL_SOCKET, or /run/spoa-mirror/admin.sock)"
        ) {
            $0.socket = $1
        },
        Option("-t --timeout", "seconds", "Time to wait for the answer. (default: 5)") {
            (options, text) throws(Failure) in
            guard let seconds = Double(text), seconds > 0, seconds <= 86400 else {
                throw Failure(mistake: "--timeout is more than 0 and at most 86400 seconds, not '\(text)'")
            }
            options.timeout = seconds
        },
        Option("--json", nil, "Print JSON, failures included.") { (options, _) in options.isJSON = true },
        Option("-q --quiet", nil, "Print nothing but errors.") { (options, _) in options.isQuiet = true },
        Option("-d --destination", "name", "The destination that the command is about.") {
            (options, text) throws(Failure) in
            guard DestinationName.named(text) != nil else {
                throw Failure(mistake: "'\(text)' is no name of a destination (\(DestinationName.accepted))")
            }
            options.destination = text
        },
        Option("--for", "time", "With pause and set: for this time, such as 10m.") {
            $0.duration = $1
        },
        Option("--require-reachable", nil, "With set url: change nothing unless it can be reached.") {
            (options, _) in options.requiresReachable = true
        },
        Option(
            "-o --output", "file",
            "With metrics: write to this file, by renaming one that is complete; - is standard output."
        ) {
            $0.output = $1
        },
        Option("--generate-completion-script", "shell", "Print completions for bash, zsh or fish.") {
            $0.completionShell = $1
        },
        Option("--version", nil, "Show the version of the client.") { (options, _) in
            options.wantsVersion = true
        },
        Option("-h --help", nil, "Show this, or the help of a command.") { (options, _) in
            options.wantsHelp = true
        },
    ]

    init() {}

    /// Reads `arguments`; what they do not say is as in `base`. Everything behind `raw` is the line that it sends.
    init(_ arguments: some Sequence<String>, over base: ClientOptions = ClientOptions()) throws(Failure) {
        self = base
        words = []
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if argument == "--" || words.first == "raw" {
                words += (argument == "--" ? [] : [argument]) + rest
                return
            }
            // A number below zero is a value.
            guard argument.hasPrefix("-"), let next = argument.dropFirst().first, !next.isNumber else {
                words.append(argument)
                continue
            }
            let (name, attached) = Self.split(argument)
            guard let option = Self.table.first(where: { $0.names.contains(name) }) else {
                let meant = Self.meant(by: name).map { ", did you mean '\($0)'?" } ?? ""
                throw Failure(mistake: "Unknown option '\(name)'\(meant)")
            }
            guard let value = option.value else {
                guard attached == nil || next != "-" else {
                    throw Failure(mistake: "The option '\(name)' takes no value")
                }
                if let attached { rest = ["-\(attached)"] + rest }
                try option.apply(&self, "")
                continue
            }
            guard let text = attached ?? rest.popFirst() else {
                throw Failure(mistake: "Missing value for '\(name) <\(value)>'")
            }
            try option.apply(&self, text)
        }
    }

    /// The option, or the command, for one that there is not.
    private static func meant(by name: String) -> String? {
        guard name.count > 2 else { return nil }
        let bare = String(name.drop { $0 == "-" })
        if let setting = Setting.table.first(where: { $0.option == bare || $0.name.rawValue == bare }) {
            return "set \(setting.name.rawValue)"
        }
        if Dialect.prompt.rows.contains(where: { $0.words == [bare] }) { return bare }
        let names = table.flatMap(\.names).filter { $0.hasPrefix("--") }
        return name == "--duration" ? "--for" : Suggestion.nearest(to: name, in: names)
    }

    /// `--name=value`, `-nvalue` or `-n=value`, taken apart.
    private static func split(_ argument: String) -> (name: String, attached: String?) {
        guard !argument.hasPrefix("--") else {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
        }
        let value = argument.dropFirst(2)
        return (
            String(argument.prefix(2)),
            value.isEmpty ? nil : String(value.first == "=" ? value.dropFirst() : value)
        )
    }
}

extension Failure {
    /// A mistake in the options.
    fileprivate init(mistake: String) {
        self.init("\(mistake) (see mirrorctl --help)", exitCode: 64)
    }
}
