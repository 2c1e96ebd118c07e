extension Command {
    /// Every command, in the order of the help text. Where one's words begin like another's, the longer stands first.
    package static let table: [Command] = [
        Command(.help, "help", "[<command>]", .user, 0...8, "list the commands, or explain one"),
        Command(.showInfo, "show info", "[json]", .user, 0...1, "the daemon: version, destination, state"),
        Command(
            .showStat, "show stat", "[json]", .user, 0...1,
            "every counter, rates, durations, SPOE's log fields"),
        Command(.showMetrics, "show metrics", "", .user, 0...0, "the same in Prometheus' text format"),
        Command(
            .showDestinations, "show destinations", "[json]", .user, 0...1,
            "every destination: where it is, its state and its books"),
        Command(.showVersion, "show version", "", .user, 0...0, "the daemon's version"),
        Command(
            .showSettings, "show settings", "[json]", .operator, 0...1,
            "every live setting: value, default, where it came from"),
        Command(
            .showErrors, "show errors", "[json]", .operator, 0...1,
            "the last 64 copies that failed or could not be sent"),
        Command(
            .showConnections, "show connections", "[json]", .operator, 0...1, "the connections from HAProxy"),
        Command(
            .pause, "pause", "[<duration>]", .operator, 0...1,
            "acknowledge everything and send nothing, for a time or until 'resume'"),
        Command(.resume, "resume", "", .operator, 0...0, "mirror again"),
        Command(
            .setSeverityOutput, "set severity-output", "none|number|string", .user, 1...1,
            "whether answers begin with their severity, on this connection"),
        Command(
            .setURL, "set url", "<url> [require-reachable] \(term)", .admin, 1...2,
            "change the destination, and say whether it can be reached; or change it only then"),
        Command(
            .set, "set", "<setting> <value> \(term)", .admin, 2...2,
            "change a setting, or for a time; 'show settings' lists them"),
        Command(
            .reset, "reset", "<setting>|all", .admin, 1...1,
            "back to the option or default, now and after a restart"),
        Command(
            .probe, "probe", "[<url>]", .admin, 0...1,
            "connect to the destination, or to another one, and send nothing"),
        Command(
            .addDestination, "add destination", "<name> <url> [<setting> <value> ...]", .admin, 2...82,
            "one more destination; its name goes behind set, reset, pause, resume, probe, show settings"),
        Command(
            .deleteDestination, "delete destination", "<name>", .admin, 1...1,
            "no more copies for a destination; those that are made still go there"),
        Command(
            .flush, "flush", "", .operator, 0...0, "give up the copies for destinations that were replaced"),
        Command(
            .clearCounters, "clear counters", "[all]", .operator, 0...1, "reset the counters of 'show stat'"),
        Command(
            .waitDrained, "wait drained", "[<duration>]", .user, 0...1,
            "wait until no copy is waiting or under way"),
        Command(.saveState, "save state", "", .admin, 0...0, "write the changed settings to the state file"),
        Command(.prompt, "prompt", "", .user, 0...0, "keep the connection open, with a prompt"),
        Command(.quit, "quit", "", .user, 0...0, "close the connection"),
    ]

    /// A shorter way to call a command.
    package struct Short: Sendable {
        /// Its name, and what follows it: `set-url <url>`.
        package let usage: String
        /// The words that it stands for.
        package let command: [String]

        var name: Substring { usage.prefix { $0 != " " } }
    }

    /// The short forms, each a word.
    package static let shortForms = [
        ("info [json]", "show info"), ("stats [json]", "show stat"), ("settings [json]", "show settings"),
        ("errors [json]", "show errors"), ("connections [json]", "show connections"),
        ("metrics", "show metrics"), ("version", "show version"),
        ("destinations [json]", "show destinations"),
        ("set-url <url> [require-reachable] \(term)", "set url"),
        ("set-sample-rate <percent> \(term)", "set sample-rate"), ("clear-counters", "clear counters"),
        ("wait-drained [<duration>]", "wait drained"), ("save", "save state"),
    ].map { Short(usage: $0, command: $1.split(separator: " ").map(String.init)) }

    /// The short form that `words` begin with, unless they are a command as they are.
    static func short(for words: [String]) -> Short? {
        guard !table.contains(where: { words.starts(with: $0.words) }) else { return nil }
        return shortForms.first { $0.name == words.first ?? "" }
    }

    private init(
        _ name: Name, _ words: String, _ arguments: String, _ level: Level, _ count: ClosedRange<Int>,
        _ help: String
    ) {
        self.name = name
        self.words = words.split(separator: " ").map(String.init)
        self.arguments = arguments
        self.level = level
        argumentCount = count
        self.help = help
    }

    /// How it is called: its words and what follows them.
    package var usage: String { (words + (arguments.isEmpty ? [] : [arguments])).joined(separator: " ") }

    /// What the usage of a change ends with that may be for a time.
    static let term = "[for <duration>]"

    /// The one word that its last argument can be, and how many arguments stand before it; nil when there is no such word. The
    /// time of a change is no argument here.
    var fixedArgument: (index: Int, word: String)? {
        let own = arguments.hasSuffix(Self.term) ? arguments.dropLast(Self.term.count) : arguments[...]
        let parts = own.split(separator: " ")
        guard let last = parts.last, last.hasPrefix("["), !last.contains("<") else { return nil }
        return (parts.count - 1, String(last.dropFirst().dropLast()))
    }
}
