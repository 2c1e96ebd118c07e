/// The counters of a running agent at one moment, as `show stat` of its admin socket tells them.
struct AgentCounters: CustomStringConvertible {
    let values: [String: Int]

    /// Asks the agent whose admin socket is at `path`.
    init(askingAt path: String) throws {
        let socket = try Socket.connect(to: .unix(path))
        try socket.write("show stat\n")
        socket.endWriting()
        self.init(answer: String(decoding: try socket.readToEnd(), as: UTF8.self))
    }

    /// What `answer` to `show stat` says.
    init(answer: String) {
        let pairs = answer.split(separator: "\n").compactMap { line -> (String, Int)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return Int(line[colon...].dropFirst(2)).map { (String(line[..<colon]), $0) }
        }
        values = Dictionary(pairs) { $1 }
    }

    /// The counter called `name`; -1, which no counter ever is, if there is none.
    subscript(_ name: String) -> Int { values[name] ?? -1 }

    /// The counters of copies and their ends that are not 0.
    var account: [String: Int] {
        let names = ["received", "completed", "skipped_", "dropped_", "responses_", "failed_"]
        return values.filter { name, value in
            value != 0 && !name.hasSuffix("_per_sec") && names.contains { name.hasPrefix($0) }
        }
    }

    /// Whether every copy received has come to its end.
    var isSettled: Bool {
        let ended = values.filter { name, _ in
            name == "completed" || name.hasPrefix("skipped_") || name.hasPrefix("dropped_")
        }
        return self["received"] == ended.values.reduce(0, +)
    }

    /// Whether every copy is accounted for, wherever it is.
    var isBalanced: Bool {
        func sum(_ prefixes: String...) -> Int {
            values.filter { name, _ in
                !name.hasSuffix("_per_sec") && prefixes.contains { name.hasPrefix($0) }
            }.values.reduce(0, +)
        }
        return self["received"] == sum("skipped_", "dropped_") + self["completed"] + self["queued"]
            + self["in_flight"]
            && self["completed"] == sum("responses_", "failed_")
    }

    var description: String {
        account.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}
