/// The counters of one summary line of the agent's log.
struct AgentSummary: Sendable, CustomStringConvertible {
    let counters: [String: Int]

    /// The counter called `name`; -1, which no counter ever is, if the line lacks it.
    subscript(_ name: String) -> Int { counters[name] ?? -1 }

    var description: String {
        counters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    /// All summaries of `log`, in order. Words that are not `name=number` are passed over.
    static func all(in log: String) -> [AgentSummary] {
        log.split(separator: "\n").compactMap { line in
            let words = line.split { $0 == " " || $0 == "," }
            guard words.contains(where: { $0 == "summary" || $0 == "summary:" }) else { return nil }
            let pairs = words.compactMap { word -> (String, Int)? in
                let parts = word.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, let value = Int(parts[1]) else { return nil }
                return (String(parts[0]), value)
            }
            return AgentSummary(counters: Dictionary(pairs) { $1 })
        }
    }
}
