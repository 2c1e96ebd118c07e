internal import Stats

/// Tells, once each monitor interval, of copies that were wanted and not sent: `dropped since the last summary: truncated 20`.
struct DropNotice {
    private var last: [Counter: UInt64] = [:]

    /// What came since the last call, by reason; nil when nothing did.
    mutating func news(in snapshot: Snapshot) -> String? {
        let counts = Counter.dropped.map { counter in
            (counter: counter, count: snapshot[counter] &- (last[counter] ?? 0))
        }.filter { $0.count > 0 }
        for (counter, _) in counts { last[counter] = snapshot[counter] }
        guard !counts.isEmpty else { return nil }
        let reasons = counts.map { "\($0.counter.name.dropFirst("dropped_".count)) \($0.count)" }
        return "dropped since the last summary: \(reasons.joined(separator: ", "))"
    }
}
