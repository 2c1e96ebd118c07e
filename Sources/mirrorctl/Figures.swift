/// What a report of the daemon says, by name: `name: value`, one a line.
struct Figures {
    private let values: [String: String]

    init(_ lines: [String]) {
        let pairs = lines.compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        values = Dictionary(pairs) { $1 }
    }

    /// Nil for what it does not tell; an older daemon tells less.
    subscript(name: String) -> String? { values[name] }

    /// A whole number; 0 for none.
    func number(_ name: String) -> Int { values[name].flatMap { Int($0) } ?? 0 }

    /// A number in tenths; 0 for none.
    func tenths(_ name: String) -> Int {
        Int(exactly: ((Double(values[name] ?? "") ?? 0) * 10).rounded()) ?? 0
    }

    /// `12,345`.
    func count(_ name: String) -> String { Readable.grouped(number(name)) }

    /// The sum, and every reason that is not 0, the largest first: `12: expired 9, queue_full 3`.
    func reasons(_ prefix: String) -> String {
        let counts = values.filter { $0.key.hasPrefix(prefix) && !$0.key.hasSuffix("_per_sec") }
            .map { (name: $0.key.dropFirst(prefix.count), count: Int($0.value) ?? 0) }
        let list = counts.filter { $0.count > 0 }.sorted { ($0.count, $1.name) > ($1.count, $0.name) }
        let sum = Readable.grouped(counts.reduce(0) { $0 &+ $1.count })
        return list.isEmpty
            ? sum
            : "\(sum): \(list.map { "\($0.name) \(Readable.grouped($0.count))" }.joined(separator: ", "))"
    }
}
