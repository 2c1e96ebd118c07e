import Glibc

/// What the agent answers to `show stat`.
struct AgentCounters {
    /// In the agent's order.
    private(set) var names: [String] = []
    private(set) var values: [String: Int] = [:]

    /// Asks the admin socket.
    init(from adminSocket: String) throws {
        let descriptor = try Sockets.connect(path: adminSocket)
        defer { close(descriptor) }
        try Sockets.writeAll(descriptor, Array("show stat\n".utf8))
        for line in try Sockets.readToEnd(descriptor).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":"),
                let value = Int(line[line.index(after: colon)...].drop { $0 == " " })
            else { continue }
            names.append(String(line[..<colon]))
            values[names[names.count - 1]] = value
        }
        guard values["received"] != nil else { throw Failure("'show stat' has no 'received'") }
    }

    subscript(name: String) -> Int { values[name] ?? 0 }

    /// The sum of all that begin with `prefix`.
    func sum(_ prefix: String) -> Int {
        values.reduce(0) { $0 + ($1.key.hasPrefix(prefix) ? $1.value : 0) }
    }

    var isDrained: Bool { self["queued"] == 0 && self["in_flight"] == 0 }

    /// Copies that came in less those that are accounted for, and ended less those with a known end: both should be 0.
    var missing: Int {
        self["received"] - sum("skipped_") - sum("dropped_") - self["completed"] - self["queued"]
            - self["in_flight"]
    }
    var missingOutcomes: Int { self["completed"] - sum("responses_") - sum("failed_") }

    /// Where the copies went: counters that are not 0, by the names of the agent.
    var fates: [(name: String, value: Int)] {
        names.filter { name in
            let prefixes = ["skipped_", "dropped_", "responses_", "failed_"]
            return prefixes.contains(where: name.hasPrefix)
                || ["completed", "queued", "in_flight", "mirror_connections"].contains(name)
        }
        .map { ($0, self[$0]) }.filter { $0.1 != 0 }
    }
}
