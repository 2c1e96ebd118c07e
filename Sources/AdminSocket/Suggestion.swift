/// What somebody may have meant.
package enum Suggestion {
    /// The nearest of `names`, if at most two letters are wrong.
    package static func nearest(to word: String, in names: [String]) -> String? {
        names.min { distance($0, word) < distance($1, word) }.flatMap { distance($0, word) <= 2 ? $0 : nil }
    }

    /// The answer to words that call no command.
    static func unknown(_ words: [String]) -> String {
        let first = words.first ?? ""
        let beginning = "Unknown command: '\(words.joined(separator: " "))'"
        let ways = Command.table.filter { $0.words.first == first }.compactMap { $0.words.dropFirst().first }
        if !ways.isEmpty { return "\(beginning), '\(first)' takes \(ways.joined(separator: ", "))." }
        let known = Set(Command.table.compactMap(\.words.first)).sorted()
        guard let nearest = nearest(to: first, in: known) else { return "\(beginning), try 'help'." }
        return "\(beginning), did you mean '\(nearest)'?"
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
