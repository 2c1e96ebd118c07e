/// Text in the columns of a terminal: no line that it makes is longer than `width`.
struct Columns {
    /// Where values begin, behind the names of rows.
    private static let indent = 15

    let width: Int

    /// What latencies and their names take.
    private static let least = 40

    /// A terminal of `width` columns. One with fewer than 40 has to break the lines itself.
    init(_ width: Int) { self.width = max(Self.least, width) }

    /// Whether the rows of a table and what is said of them stand beside each other.
    var isWide: Bool { width >= 72 }

    /// `  name         value`, the value on several lines if it is long; each line of it is handed to `paint`.
    func row(_ name: String, _ value: String, paint: (String) -> String = { $0 }) -> [String] {
        let indent = min(Self.indent, width / 2)
        return wrap(value, to: width - indent).enumerated().map { index, line in
            Self.padded(index == 0 ? "  \(name)" : "", indent) + paint(line)
        }
    }

    /// `text` on lines of at most `width`, all but the first indented by two blanks. Words longer than a line are cut.
    func paragraph(_ text: String) -> [String] {
        let lines = wrap(text, to: width - 2)
        return lines.enumerated().map { $0 == 0 ? $1 : "  \($1)" }
    }

    private func wrap(_ text: String, to width: Int) -> [String] {
        guard text.count > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var rest = word[...]
            if !line.isEmpty, line.count + 1 + rest.count <= width {
                line += " \(rest)"
                continue
            }
            if !line.isEmpty { lines.append(line) }
            while rest.count > width {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
            }
            line = String(rest)
        }
        // Where a gap between two words ends a line, nothing of it is left.
        return (lines + (line.isEmpty ? [] : [line])).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

/// Numbers as people read them.
enum Readable {
    /// `12,345,678`.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.enumerated().map { index, digit in
            let left = digits.count - index
            return left % 3 == 0 && index > 0 ? ",\(digit)" : "\(digit)"
        }.joined()
    }

    /// `0.12 ms`; from a second on `1.23 s`, from ten on `12 s`.
    static func milliseconds(_ microseconds: Int) -> String {
        if microseconds >= 10_000_000 { return "\(microseconds / 1_000_000) s" }
        let (unit, hundredths) =
            microseconds >= 1_000_000 ? ("s", microseconds / 10_000) : ("ms", microseconds / 10)
        let fraction = String(hundredths % 100 + 100).dropFirst()
        return "\(hundredths / 100).\(fraction) \(unit)"
    }

    /// `3 d 4 h`, the two largest units.
    static func age(_ seconds: Int) -> String {
        let parts = [
            (seconds / 86400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ]
        let first = parts.firstIndex { $0.0 > 0 } ?? 3
        return parts[first...].prefix(2).filter { $0.0 > 0 || first == 3 }.map { "\($0.0) \($0.1)" }.joined(
            separator: " ")
    }
}

/// Colours of a terminal (ECMA-48, SGR), or none.
struct Paint {
    enum Colour: Int { case none = 0, red = 31, green = 32, yellow = 33 }

    let isOn: Bool

    func bold(_ text: String) -> String { isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    func `in`(_ colour: Colour, _ text: String) -> String {
        isOn && colour != .none ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }
}
