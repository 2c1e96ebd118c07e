/// The name of a destination behind the words of a command: `set ids timeout 5s`, `pause ids 10m`.
package enum Addressee {
    private static let commands: [Command.Name] = [
        .pause, .resume, .set, .setURL, .reset, .probe, .showSettings,
    ]

    /// Whether a command can be about one destination.
    package static func isPossible(of command: Command.Name) -> Bool { commands.contains(command) }

    /// The name, if a word that may be one stands where it would, and the words without it. Names are none of the words that
    /// commands and settings have; whether there is such a destination is not asked.
    package static func find(in words: [String]) -> (name: DestinationName, rest: [String])? {
        let short = Command.short(for: words)
        let full = short.map { $0.command + words.dropFirst() } ?? words
        // `set url` has no room for a name: that stands behind `set`.
        let rows = Command.table.filter { $0.name != .setURL && isPossible(of: $0.name) }
        guard let command = rows.first(where: { full.starts(with: $0.words) }),
            full.count > command.words.count,
            let name = DestinationName.named(full[command.words.count])
        else { return nil }
        var rest = full
        rest.remove(at: command.words.count)
        return (name, rest)
    }
}
