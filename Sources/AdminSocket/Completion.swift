/// Which words may come next in a line of commands, for a client that completes them.
package enum Completion {
    /// The words that may follow `line`, which ends where the next word begins; in alphabetical order.
    package static func words(after line: String, in dialect: Dialect = .socket()) -> [String] {
        let command = line.split(separator: ";", omittingEmptySubsequences: false).last ?? ""
        return words(after: command.split(separator: " ").map(String.init), in: dialect)
    }

    /// The words that may follow those of one command; in alphabetical order.
    package static func words(after typed: [String], in dialect: Dialect) -> [String] {
        if typed.first == "help" { return words(after: Array(typed.dropFirst()), in: dialect) }
        if let (_, rest) = Addressee.find(in: typed) { return words(after: rest, in: dialect) }
        let next = dialect.rows.flatMap { row -> [String] in
            let parts = row.parts
            guard parts.count > typed.count,
                zip(parts, typed).allSatisfy({ Dialect.Row.takes($0, $1) })
            else { return [] }
            return choices(parts[typed.count], after: typed)
        }
        return Set(next).sorted()
    }

    /// What may stand for a part of a usage, as far as that is fixed words.
    private static func choices(_ part: Substring, after typed: [String]) -> [String] {
        switch part {
        case "<setting>": SettingName.allCases.map(\.rawValue)
        case "<value>": typed.last.flatMap { SettingName(rawValue: $0) }?.row.completions ?? []
        case "<setting>|all": SettingName.allCases.map(\.rawValue) + ["all"]
        case _ where part.contains("<"): []
        default: part.split { "[]|".contains($0) }.map(String.init)
        }
    }
}

extension Setting {
    /// Values that a shell or a prompt can offer.
    package var completions: [String] {
        values.filter { $0 == $0.lowercased() }
            + (name == .methods ? ["GET", "HEAD", "POST", "PUT", "DELETE"] : [])
            + (name == .headers ? ["remove:@credentials"] : [])
    }
}
