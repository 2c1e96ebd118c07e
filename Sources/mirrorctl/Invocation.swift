internal import AdminSocket

extension Dialect {
    /// What is typed at the prompt or piped in, the short forms left out: who types `se` and the tabulator means `set`.
    static let long = Dialect(
        rows: [Row("status [json]", "state, rates, losses and latencies on one screen")]
            + Command.table.filter { !hidden.contains($0.name) }.map { Row($0.usage, $0.help) } + [
                Row("raw <line>", "send one line of commands as it is: raw 'show info; show stat'"),
                Row("quit", "leave the prompt; so does exit"),
            ])
    /// The same with them.
    static let prompt = Dialect(rows: long.rows + short)
    /// Verbs of mirrorctl.
    static let shell = Dialect(rows: long.rows.dropLast() + short, prefix: "mirrorctl ")

    /// Commands that the client has no use for, or uses itself.
    private static let hidden: Set<Command.Name> = [.prompt, .setSeverityOutput, .quit]

    private static let short = Command.shortForms.map { short in
        let usage = short.usage == "metrics" ? "metrics [-o <file>]" : short.usage
        return Row(usage, "short for '\(short.command.joined(separator: " "))'")
    }
}

/// One command, of the shell, of the prompt or of what is piped in.
struct Invocation {
    let options: ClientOptions
    let dialect: Dialect

    private var words: [String] { options.words }

    /// Carries it out and prints the answer.
    func run() throws(Failure) {
        if options.wantsHelp { return try help(on: words) }
        if options.wantsVersion { return print("mirrorctl \(Release.number)\n") }
        if let shell = options.completionShell { return try ShellCompletion.print(for: shell) }
        guard !words.isEmpty else {
            throw Failure("A command is missing, try \(dialect.quote("help")).", exitCode: 64)
        }
        switch words.first {
        case "status":
            guard words.count == 1 || words.dropFirst() == ["json"] else {
                let usage = dialect.quote("status [json]")
                throw Failure("Unexpected argument: '\(words[1])' (\(usage) expected).", exitCode: 64)
            }
            try check(.showInfo)
            try status()
        case "raw": try raw()
        default:
            try perform(
                try usage { () throws(CommandError) in
                    try Command.find(words, level: .admin, in: dialect) { _ in isAddressed }
                })
        }
    }

    // MARK: commands

    /// The words name a destination, and not something that a command lacks or has too much.
    private var isAddressed: Bool {
        guard let (name, rest) = Addressee.find(in: words) else { return false }
        switch rest.first {
        case "set", "reset":
            return rest.count > 1 && (SettingName(rawValue: rest[1]) != nil || rest[1] == "all")
        case "pause", "resume": return !Rewording.switches(name.text)
        case "probe": return rest.count == 1
        default: return true
        }
    }

    private func perform(_ call: Command.Call) throws(Failure) {
        let name = call.command.name
        try check(name)
        var arguments = call.arguments
        var client = client()
        switch name {
        case .help: return try help(on: arguments)
        case .quit: return
        case .showMetrics:
            guard let output = options.output, output != "-" else { break }
            let text = try client.lines(answering: "show metrics").map { "\($0)\n" }.joined()
            return try MetricsFile.write(text, to: output, patience: client.timeout)
        case .pause:
            guard let duration = options.duration else { break }
            guard arguments.isEmpty else { throw Failure("A pause has one time, not two.", exitCode: 64) }
            arguments = [duration]
        case .set, .setURL: arguments = try change(call)
        case .waitDrained where arguments.isEmpty:
            // The daemon times out first, and says so.
            arguments = ["\(max(1, Int(client.timeout * 1000)))ms"]
            client.timeout += 2
        case .waitDrained: client.timeout = options.timeout ?? 86400
        default: break
        }
        if options.isJSON, call.command.arguments == "[json]" { arguments = ["json"] }
        let line = try addressed(call, arguments).map(RequestLine.escape).joined(separator: " ")
        for reply in try client.ask(line) {
            if case .error(let text) = reply { throw refused(text, call) }
            show(reply, isJSON: arguments == ["json"])
        }
    }

    /// The words of a command, with the name of the destination that it is about.
    private func addressed(_ call: Command.Call, _ arguments: [String]) throws(Failure) -> [String] {
        let words = call.command.words
        guard let name = options.destination ?? call.destination?.text else { return words + arguments }
        guard Addressee.isPossible(of: call.command.name) else {
            throw Failure(
                "\(dialect.quote(words.joined(separator: " "))) is about no single destination.", exitCode: 64
            )
        }
        guard options.destination == nil || call.destination == nil else {
            throw Failure("There is one destination, not two.", exitCode: 64)
        }
        // Behind `set`, and before `url`.
        let verb = words == ["show", "settings"] ? words : [words[0]]
        return verb + [name] + words.dropFirst(verb.count) + arguments
    }

    /// The arguments of a change, with what its options say.
    private func change(_ call: Command.Call) throws(Failure) -> [String] {
        var (arguments, term) = call.command.splitTerm(call.arguments)
        if call.command.name == .setURL, options.requiresReachable, arguments.count == 1 {
            arguments.append("require-reachable")
        }
        if let duration = options.duration {
            guard term == nil else { throw Failure("A change has one time, not two.", exitCode: 64) }
            term = [duration]
        }
        return arguments + (term.map { ["for"] + $0 } ?? [])
    }

    /// What the daemon says of an unknown setting, in the words of this place.
    private func refused(_ text: String, _ call: Command.Call) -> Failure {
        guard [.set, .reset].contains(call.command.name) else { return .refused(text) }
        let (setting, verb) = (call.arguments[0], call.command.words[0])
        let value = call.arguments.dropFirst().first
        let isUnknown = text == Dialect.socket().unknown(setting: setting, for: verb, value: value)
        return .refused(isUnknown ? dialect.unknown(setting: setting, for: verb, value: value) : text)
    }

    private func status() throws(Failure) {
        let client = client()
        if options.isJSON || words.count > 1 {
            let (info, stat) = (
                try client.lines(answering: "show info json"), try client.lines(answering: "show stat json")
            )
            return print("{\"format\":2,\"info\":\(info.joined()),\"stat\":\(stat.joined())}\n")
        }
        let screen = StatusScreen(
            info: try client.lines(answering: "show info"), stat: try client.lines(answering: "show stat"))
        print(screen.text(isColoured: Terminal.hasColour, width: Terminal.width))
    }

    private func raw() throws(Failure) {
        guard words.count > 1 else {
            throw Failure("Missing argument: \(dialect.quote("raw <line>")) expected.", exitCode: 64)
        }
        // A shell has left the line as it is, the prompt has cut it into words.
        let line = words.dropFirst().map { dialect.prefix.isEmpty ? RequestLine.escape($0) : $0 }
        var refusals: [Failure] = []
        for reply in try client().ask(line.joined(separator: " ")) {
            if case .error(let text) = reply {
                refusals.append(.refused(text))
                refusals.last?.report(isJSON: options.isJSON)
            } else {
                show(reply)
                if !options.isJSON { print("\n") }
            }
        }
        // It has been reported already, between the other answers.
        if let refusal = refusals.first { throw refusal.reported }
    }

    private func help(on words: [String]) throws(Failure) {
        let isPage = words.isEmpty && !dialect.prefix.isEmpty
        // What is for other clients, or for the prompt, can be asked for by name.
        let elsewhere = [Dialect.long, .socket()].first { known in known.rows.contains { $0.words == words } }
        let place = dialect.rows.contains { $0.words == words } ? dialect : elsewhere ?? dialect
        let text = try isPage ? Help.page : usage { () throws(CommandError) in try place.help(on: words) }
        show(.data(text))
    }

    // MARK: what they share

    private func client() -> Client {
        Client(path: options.path, timeout: options.timeout ?? 5)
    }

    /// Whether the options are of any use to this command.
    private func check(_ name: Command.Name) throws(Failure) {
        let owned: [(option: String, isGiven: Bool, owners: [(Command.Name, String)])] = [
            ("--for", options.duration != nil, [(.pause, "pause"), (.set, "set"), (.setURL, "set url")]),
            ("--require-reachable", options.requiresReachable, [(.setURL, "set url")]),
            ("--output", options.output != nil, [(.showMetrics, "metrics")]),
        ]
        for (option, isGiven, owners) in owned where isGiven && !owners.contains(where: { $0.0 == name }) {
            let commands = owners.prefix(2).map { dialect.quote($0.1) }.joined(separator: " and ")
            throw Failure("The option '\(option)' belongs to \(commands).", exitCode: 64)
        }
    }

    private func usage<Value>(_ body: () throws(CommandError) -> Value) throws(Failure) -> Value {
        do throws(CommandError) { return try body() } catch { throw Failure(error.description, exitCode: 64) }
    }

    /// Prints an answer that is no failure; `isJSON` when its data are JSON as they are.
    private func show(_ reply: ReceivedReply, isJSON: Bool = false) {
        let wraps = options.isJSON && !isJSON
        switch reply {
        case .data(let lines): print(wraps ? JSONText.lines(lines) : lines.map { "\($0)\n" }.joined())
        case .message(let text), .error(let text): print(wraps ? JSONText.message(text) : "\(text)\n")
        }
    }

    private func print(_ text: String) {
        if !options.isQuiet { Terminal.print(text) }
    }
}
