/// One row of the command table, shared by the daemon and its client.
package struct Command: Equatable, Sendable {
    /// What the command is; the daemon keeps one handler for each.
    package enum Name: Sendable, CaseIterable {
        case help, prompt, quit, showInfo, showStat, showVersion
    }

    /// Which one it is.
    package let name: Name
    /// The words that call it.
    package let words: [String]
    /// Its arguments, for the help text; empty when it has none.
    package let arguments: String
    /// The level it needs.
    package let level: Level
    /// One line of help.
    package let help: String

    /// Every command, in the order of the help text.
    package static let table: [Command] = [
        Command(
            name: .help, words: ["help"], arguments: "[command]", level: .user,
            help: "list the commands, or explain one"),
        Command(
            name: .prompt, words: ["prompt"], arguments: "", level: .user,
            help: "keep the connection open, with a prompt"),
        Command(name: .quit, words: ["quit"], arguments: "", level: .user, help: "close the connection"),
        Command(
            name: .showInfo, words: ["show", "info"], arguments: "", level: .user,
            help: "the daemon: version, destination, state"),
        Command(
            name: .showStat, words: ["show", "stat"], arguments: "", level: .user,
            help: "every counter, and SPOE's log fields"),
        Command(
            name: .showVersion, words: ["show", "version"], arguments: "", level: .user,
            help: "the daemon's version"),
    ]

    /// What a line of words asks for.
    package struct Call: Equatable, Sendable {
        /// The row that was found.
        package let command: Command
        /// The words behind the command's own.
        package let arguments: [String]
    }

    /// Finds the command that `words` call at `level`. The message of what it throws is for the client.
    package static func find(_ words: [String], level: Level) throws(CommandError) -> Call {
        guard let command = table.first(where: { words.starts(with: $0.words) }) else {
            throw CommandError(
                "Unknown command: '\(words.joined(separator: " "))', \(suggestion(for: words))")
        }
        guard command.level <= level else {
            throw CommandError("Permission denied (needs level \(command.level.rawValue)).")
        }
        return Call(command: command, arguments: Array(words.dropFirst(command.words.count)))
    }

    private static func suggestion(for words: [String]) -> String {
        let first = words.first ?? ""
        if table.contains(where: { $0.words.first == first }) {
            let ways = table.filter { $0.words.first == first }.compactMap { $0.words.dropFirst().first }
            return "'\(first)' takes \(ways.joined(separator: ", "))."
        }
        let known = Set(table.compactMap(\.words.first)).sorted()
        guard let nearest = known.min(by: { distance($0, first) < distance($1, first) }),
            distance(nearest, first) <= 2
        else {
            return "try 'help'."
        }
        return "did you mean '\(nearest)'?"
    }

    /// How many letters have to be changed, added, taken away or swapped with their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.unicodeScalars.prefix(32)), Array(right.unicodeScalars.prefix(32)))
        var rows = [Array(0...b.count)]
        for i in 1..<(a.count + 1) {
            rows.append([i] + Array(repeating: 0, count: b.count))
            for j in 1..<(b.count + 1) {
                let isSame = a[i - 1] == b[j - 1]
                rows[i][j] = min(
                    rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (isSame ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
                }
            }
        }
        return rows[a.count][b.count]
    }
}

/// A command that failed; the text is the whole answer.
package struct CommandError: Error, Equatable, CustomStringConvertible {
    /// One line for the client.
    package let description: String

    /// A failure told in one line.
    package init(_ description: String) { self.description = description }
}
