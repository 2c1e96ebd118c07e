/// One row of the command table, shared by the daemon and its client.
package struct Command: Equatable, Sendable {
    /// What the command is; the daemon keeps one handler for each.
    package enum Name: Sendable, CaseIterable {
        case help, prompt, quit
        case showInfo, showStat, showMetrics, showDestinations, showSettings, showErrors, showConnections,
            showVersion
        case addDestination, deleteDestination
        case pause, resume, set, setURL, reset, probe, flush, setSeverityOutput, clearCounters, waitDrained,
            saveState
    }

    /// Which one it is.
    package let name: Name
    /// The words that call it.
    package let words: [String]
    /// Its arguments, for the help text; empty when it has none.
    package let arguments: String
    /// The level it needs.
    package let level: Level
    /// How many arguments it takes, beside the time of a change.
    package let argumentCount: ClosedRange<Int>
    /// One line of help.
    package let help: String

    /// What a line of words asks for.
    package struct Call: Sendable {
        /// The row that was found.
        package let command: Command
        /// The words behind the command's own, and behind the name of a destination.
        package let arguments: [String]
        /// The destination that it is about; nil when none is named.
        package var destination: DestinationName?
    }

    /// Finds the command that `words` call at `level`; `dialect` has the words for what is wrong, and `isDestination` tells which
    /// names may stand behind the command's words. The message of what it throws is for the client.
    package static func find(
        _ words: [String], level: Level, in dialect: Dialect = .socket(),
        isDestination: (DestinationName) -> Bool = { _ in false }
    ) throws(CommandError) -> Call {
        if let (name, rest) = Addressee.find(in: words), isDestination(name) {
            var call = try find(rest, level: level, in: dialect)
            call.destination = name
            return call
        }
        let fit = Fit(words)
        guard let command = fit.command else { throw CommandError(dialect.unknown(words)) }
        guard command.level <= level else {
            throw CommandError(
                "Permission denied (needs level \(command.level.rawValue)).", kind: .permission)
        }
        guard fit.kind == .fits, Rewording.ofTime(fit) == nil else {
            throw CommandError(dialect.misfit(fit, words))
        }
        return Call(command: command, arguments: fit.arguments)
    }

    /// Takes the time of a change from what follows the command's own words: `50% for 10m`. `for` counts only where a value cannot
    /// stand, and blanks of a value are escaped, so a value with `for` in it is one as it is. The rest is nil when there is no `for`.
    package func splitTerm(_ words: [String]) -> (own: [String], term: [String]?) {
        guard arguments.hasSuffix(Self.term) else { return (words, nil) }
        var count = argumentCount.lowerBound
        if let fixed = fixedArgument, words.dropFirst(fixed.index).first == fixed.word {
            count = fixed.index + 1
        }
        guard words.count > count, words[count] == "for" else { return (words, nil) }
        return (Array(words[..<count]), Array(words[(count + 1)...]))
    }
}

/// What words come to as a command: the row that they call, and whether what follows fits it.
struct Fit {
    enum Kind: Equatable {
        case unknown, missing, fits
        /// The argument from which on there are too many.
        case unexpected(Int)
    }

    let kind: Kind
    let command: Command?
    /// Behind the command's own words, those that a short form stands for among these.
    let arguments: [String]
    /// What follows the `for` of a change for a time; nil when there is none.
    let term: [String]?
    /// How it is called: by the short form if that is what was typed.
    let usage: String

    init(_ words: [String]) {
        let short = Command.short(for: words)
        let full = short.map { $0.command + words.dropFirst() } ?? words
        guard let command = Command.table.first(where: { full.starts(with: $0.words) }) else {
            (kind, self.command, arguments, term, usage) = (.unknown, nil, [], nil, "")
            return
        }
        let arguments = Array(full.dropFirst(command.words.count))
        let (own, term) = command.splitTerm(arguments)
        let known = command.fixedArgument.map { fixed in
            fixed.index + own.dropFirst(fixed.index).prefix { $0 == fixed.word }.count
        }
        let fitting = min(known ?? own.count, own.count, command.argumentCount.upperBound)
        let isShort = own.count < command.argumentCount.lowerBound || term?.isEmpty == true
        // Behind the time there is nothing.
        let tooMany = fitting < own.count ? fitting : term.flatMap { $0.count > 1 ? own.count + 2 : nil }
        kind = isShort ? .missing : tooMany.map { .unexpected($0) } ?? .fits
        (self.command, self.arguments, self.term) = (command, arguments, term)
        usage = short?.usage ?? command.usage
    }
}

/// A command that failed; the text is the whole answer.
package struct CommandError: Error, Equatable, CustomStringConvertible {
    /// What a client may want to distinguish.
    package enum Kind: Sendable { case refused, permission, timedOut }

    /// One line for the client.
    package let description: String
    /// Why, roughly.
    package let kind: Kind

    /// A failure; `description` is one line.
    package init(_ description: String, kind: Kind = .refused) {
        self.description = description
        self.kind = kind
    }
}
