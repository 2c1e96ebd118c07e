internal import Stats

/// Tells, once each monitor interval, of copies that were wanted and not sent: `copies dropped: truncated 20`. Those
/// that the end of the agent drops have a line of their own.
struct DropNotice {
    private var last: [Counter: UInt64] = [:]

    /// What came since the last call, by reason; nil when nothing did.
    mutating func news(in snapshot: Snapshot) -> String? {
        let counts = Counter.dropped.filter { $0 != .droppedShutdown }.map { counter in
            (counter: counter, count: snapshot[counter] &- (last[counter] ?? 0))
        }.filter { $0.count > 0 }
        for (counter, _) in counts { last[counter] = snapshot[counter] }
        guard !counts.isEmpty else { return nil }
        let reasons = counts.map { "\($0.counter.label) \($0.count)" }
        return "copies dropped: \(reasons.joined(separator: ", "))"
    }
}
