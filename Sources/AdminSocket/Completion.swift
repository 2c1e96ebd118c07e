/// Which words may come next in a line of commands, for a client that completes them.
package enum Completion {
    /// The words that may follow `line`, which ends where the next word begins; in alphabetical order.
    package static func words(after line: String) -> [String] {
        let command = line.split(separator: ";", omittingEmptySubsequences: false).last ?? ""
        let typed = command.split(separator: " ").map(String.init)
        var next = Set(
            Command.table.compactMap { row in
                row.words.starts(with: typed) ? row.words.dropFirst(typed.count).first : nil
            })
        if typed == ["set"] { next.formUnion(SettingName.allCases.map(\.rawValue)) }
        if typed == ["set", "severity-output"] { next.formUnion(SeverityOutput.allCases.map(\.rawValue)) }
        if typed.first == "help" { next.formUnion(words(after: typed.dropFirst().joined(separator: " "))) }
        if Command.table.contains(where: { $0.words == typed && $0.arguments == "[json]" }) {
            next.insert("json")
        }
        return next.sorted()
    }
}
