import Foundation

/// What a manual page in mdoc(7) lists: the heads of its lists' items, macros and all.
struct ManualPage: CustomStringConvertible {
    let description: String
    private let lines: [Substring]
    private let items: [[Substring]]

    init(_ path: String) throws {
        description = path
        lines = try Documents.text(path).split(separator: "\n")
        items = lines.filter { $0.hasPrefix(".It ") }.map { Array($0.split(separator: " ").dropFirst()) }
    }

    /// Whether some item's head has these words behind `macro`, one behind the other.
    func lists(_ macro: String, _ words: [String]) -> Bool {
        let wanted = ([macro] + words).map { $0[...] }
        return items.contains { $0.starts(with: wanted) }
    }

    /// The text of the item whose head ends with `words`, head and all; macros stand in it where they stand in its head.
    func item(_ words: String) -> String? {
        item { $0.replacing(" Qq ", with: " ").hasSuffix(" \(words)") }
    }

    /// The text of the item whose head names this option, with its dashes.
    func item(option: String) -> String? {
        item {
            let words = $0.split(separator: " ")
            return words.contains("Fl") && words.contains(option.dropFirst())
        }
    }

    private func item(_ isWanted: (Substring) -> Bool) -> String? {
        let isHead = { (line: Substring) in line.hasPrefix(".It ") }
        guard let index = lines.firstIndex(where: { isHead($0) && isWanted($0) }) else { return nil }
        let text = lines[(index + 1)...].prefix { !isHead($0) && $0 != ".El" }.map { line in
            line.first == "." ? line.split(separator: " ").dropFirst().joined(separator: " ") : String(line)
        }
        return ([String(lines[index])] + text).joined(separator: " ")
    }

    /// The section or subsection that lists a command: its words, with nothing but arguments behind them.
    func section(of command: [String]) -> String? {
        let head = (["Ic"] + command).map { $0[...] }
        let index = lines.firstIndex { line in
            guard line.hasPrefix(".It ") else { return false }
            let words = line.split(separator: " ").dropFirst()
            let next = words.dropFirst(head.count).first
            return words.starts(with: head) && [nil, "Op", "Ar", "Cm"].contains(next)
        }
        let title = index.flatMap { lines[..<$0].last { $0.hasPrefix(".Ss ") || $0.hasPrefix(".Sh ") } }
        return title.map { String($0.dropFirst(4)) }
    }

    /// Whether some item's head names this option. mdoc writes the first dash itself: `.It Fl a , -address Ar address`.
    func lists(option: String) -> Bool {
        items.contains { $0.contains("Fl") && $0.contains(option.dropFirst()) }
    }

    /// The title of each subsection that lists options, and behind it their longest names, one dash short, in the page's order.
    var optionsBySection: [[String]] {
        var sections: [[String]] = []
        for line in lines {
            if line.hasPrefix(".Ss ") || line.hasPrefix(".Sh ") {
                sections.append([String(line.dropFirst(4))])
            }
            guard line.hasPrefix(".It Fl ") else { continue }
            let words = line.split(separator: " ").filter { $0.hasPrefix("-") && $0.count > 2 }
            sections[sections.count - 1] += words.map(String.init)
        }
        return sections.filter { $0.count > 1 }
    }

    /// Whether some item's head has all of these words, in any order.
    func lists(all words: [String]) -> Bool {
        items.contains { item in words.allSatisfy { item.contains($0[...]) } }
    }
}

extension String {
    /// Whether `word` stands in this text by itself.
    func tells(_ word: String) -> Bool {
        func words(_ text: String) -> String { " \(text) ".replacing(/[,;|\ ]+|\.?\ +/, with: " ") }
        return words(self).contains(words(word))
    }
}
