/// What can be typed in one place, and how it is named there: over an admin socket, at mirrorctl's prompt, or as a verb in the
/// shell. Help, completion and hints all come from its rows.
package struct Dialect: Sendable {
    /// One command.
    package struct Row: Sendable {
        /// Its words and what follows them: `show stat [json]`.
        package let usage: String
        /// One line of help.
        package let help: String

        package init(_ usage: String, _ help: String) { (self.usage, self.help) = (usage, help) }

        /// Its words and arguments, one by one.
        var parts: [Substring] { usage.split(separator: " ") }

        /// The words that call it.
        package var words: [String] { parts.prefix { !Row.isArgument($0) }.map(String.init) }

        /// Whether a part of a usage stands for something else: `[json]`, `<value>`, `-o`, `none|number`.
        static func isArgument(_ part: Substring) -> Bool {
            part.contains("|") || part.first.map { "[<-".contains($0) } ?? false
        }
    }

    package let rows: [Row]
    /// What stands before a command in this place.
    package let prefix: String

    package init(rows: [Row], prefix: String = "") { (self.rows, self.prefix) = (rows, prefix) }

    /// The admin socket's, for clients of `level`.
    package static func socket(_ level: Level = .admin) -> Dialect {
        Dialect(rows: known.filter { $0.level <= level }.map(\.row))
    }

    private static let known = Command.table.map { (level: $0.level, row: Row($0.usage, $0.help)) }

    /// A command as a hint names it here.
    package func quote(_ command: String) -> String { "'\(prefix)\(command)'" }

    // MARK: help

    /// The lines of `help WORDS`: every command that begins like that, or one setting. Throws when there is none.
    package func help(on words: [String]) throws(CommandError) -> [String] {
        var found = rows.filter { $0.words.starts(with: words) }
        let settings = rows.contains { $0.usage == Self.set } ? SettingName.allCases : []
        if words == ["set"] {
            // One that is a command of its own has its row there.
            found += settings.filter { name in !rows.contains { $0.words == ["set", name.rawValue] } }
                .map { Row("  set \($0.rawValue) <value>", $0.row.help) }
        } else if found.isEmpty, words.count == 1 || ["set", "reset"].contains(words[0]) {
            found = settings.filter { $0.rawValue == words.last }.map {
                Row("set \($0.rawValue) \($0.row.values.joined(separator: "|"))", $0.row.help)
            }
        }
        guard !found.isEmpty else {
            if let short = Command.short(for: words) { return try help(on: short.command) }
            let isSetting = words.count == 2 && ["set", "reset"].contains(words[0]) && !settings.isEmpty
            throw CommandError(isSetting ? unknown(setting: words[1], for: words[0]) : unknown(words))
        }
        let width = found.map(\.usage.count).max() ?? 0
        return found.map { $0.usage + String(repeating: " ", count: width - $0.usage.count + 2) + $0.help }
    }

    private static let set = "set <setting> <value>"

    // MARK: hints

    /// The answer to words that call no command.
    package func unknown(_ words: [String]) -> String {
        let beginning = "Unknown command: '\(words.joined(separator: " "))'"
        if let meant = meant(by: words) { return "\(beginning), did you mean \(quote(meant))?" }
        let first = words.first ?? ""
        let ways = rows.map(\.words).filter { $0.first == first }.compactMap { $0.dropFirst().first }
        guard !ways.isEmpty else { return "\(beginning), try \(quote("help"))." }
        return "\(beginning), \(quote(first)) takes \(ways.joined(separator: ", "))."
    }

    /// The answer to `set` or `reset`, which is the `verb`, with the name of no setting.
    package func unknown(setting name: String, for verb: String = "set") -> String {
        let option = Setting.table.first { $0.option == name }?.name.rawValue
        let hint =
            Self.pausing.contains(name)
            ? quote(verb == "reset" ? "resume" : "pause")
            : name == "counters"
                ? quote("clear counters")
                : (option ?? Suggestion.nearest(to: name, in: SettingName.allCases.map(\.rawValue))).map {
                    "'\($0)'"
                }
        let list = "\(quote("show settings")) lists them."
        return "Unknown setting: '\(name)', \(hint.map { "did you mean \($0)?" } ?? list)"
    }

    /// What some call a pause who look for a setting.
    static let pausing: Set = ["paused", "pause", "enabled", "disabled"]

    /// What operators type who think of other programs.
    private static let synonyms = [
        "disable": "pause", "stop": "pause", "enable": "resume", "start": "resume", "unpause": "resume",
        "continue": "resume", "config": "show settings", "get": "show settings", "list": "show settings",
        "drain": "wait drained", "sessions": "show connections",
        "ping": "probe", "test": "probe", "check": "probe", "connect": "probe", "purge": "flush",
        "status": "show info", "state": "status", "write": "save state",
        "exit": "quit", "restore": "reset", "default": "reset", "defaults": "reset",
    ]

    private func meant(by words: [String]) -> String? {
        guard let first = words.first else { return nil }
        if let setting = SettingName(rawValue: first)
            ?? Setting.table.first(where: { $0.option == first })?.name
        {
            return "set \(setting.rawValue)"
        }
        if let synonym = Self.synonyms[first] {
            // The client's own screen is none of the socket's commands.
            return rows.contains { $0.words == ["status"] } ? synonym : Self.synonyms[synonym] ?? synonym
        }
        let short = Command.shortForms.map { [String($0.name)] }.filter { name in
            !rows.contains { $0.words == name }
        }
        let phrases = (rows.map(\.words) + short).filter { !words.starts(with: $0) }
        let candidates = phrases.map {
            ($0.joined(separator: " "), words.prefix($0.count).joined(separator: " "))
        }
        let longer = zip(phrases, candidates).filter { phrase, candidate in
            phrase.count == min(2, words.count) && candidate.1.count > 1 && candidate.0.hasPrefix(candidate.1)
        }
        if longer.count == 1 { return longer[0].1.0 }
        // A phrase may be near as a whole, written as one word, or only in its first word.
        let others = phrases.filter { $0.first != first }
        let nearest = Suggestion.nearest(
            candidates + others.map { ($0.joined(separator: " "), first) } + others.map { ($0[0], first) })
        let begun = rows.map(\.words).filter { $0[0] == nearest }
        return begun.count == 1 ? begun[0].joined(separator: " ") : nearest
    }
}
