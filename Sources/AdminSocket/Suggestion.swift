/// What somebody may have meant.
package enum Suggestion {
    /// The one of `names` that begins with `word`, or the nearest if at most two letters are wrong (one of four), or the one that
    /// has `word` in it, or the shortest if all that do end with it.
    package static func nearest(to word: String, in names: [String]) -> String? {
        func only(_ isIt: (String) -> Bool) -> String? {
            let found = names.filter(isIt)
            return found.count == 1 && word.count > 1 ? found[0] : nil
        }
        let having = names.filter { $0.split(separator: "-").contains { $0 == word } }
        return only { $0.hasPrefix(word) } ?? nearest(names.map { ($0, word) })
            // `rate` is what some settings are; `queue` is what some are about.
            ?? (having.allSatisfy { $0.hasSuffix("-\(word)") } || having.count == 1
                ? having.min { $0.utf8.count < $1.utf8.count } : nil)
    }

    /// The name that is nearest to what was typed for it, if at most two letters are wrong, of four or fewer one, and not all.
    static func nearest(_ candidates: [(name: String, typed: String)]) -> String? {
        // Lengths alone rule most of them out, at once.
        let near = candidates.filter { abs($0.name.unicodeScalars.count - $0.typed.unicodeScalars.count) < 3 }
        let distances = near.map {
            (name: $0.name, distance: distance($0.name, $0.typed), typed: $0.typed)
        }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance < min(best.typed.count < 5 ? 2 : 3, best.typed.count) ? best.name : nil
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
