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

        /// Whether `word` may stand for a part of a usage; for `[json]` and for `[for` of a time only that word.
        static func takes(_ part: Substring, _ word: String) -> Bool {
            guard part.hasPrefix("["), !part.contains("<"), !part.contains("|") else {
                return isArgument(part) || part == word
            }
            return part.split { "[]".contains($0) }.first.map { $0 == word } ?? false
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
                Row("set \($0.rawValue) \($0.row.values.joined(separator: "|")) \(Command.term)", $0.row.help)
            }
        }
        guard !found.isEmpty else {
            if let short = Command.short(for: words) { return try help(on: short.command) }
            // A command with its arguments.
            let called = rows.map(\.words).filter {
                $0 != ["set"] && $0 != ["reset"] && words.starts(with: $0)
            }
            if let command = called.max(by: { $0.count < $1.count }) { return try help(on: command) }
            let isSetting = words.count == 2 && ["set", "reset"].contains(words[0]) && !settings.isEmpty
            throw CommandError(isSetting ? unknown(setting: words[1], for: words[0]) : unknown(words))
        }
        let width = found.map(\.usage.count).max() ?? 0
        return found.map { $0.usage + String(repeating: " ", count: width - $0.usage.count + 2) + $0.help }
    }

    private static let set = "set <setting> <value> \(Command.term)"
}
