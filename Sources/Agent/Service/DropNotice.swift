internal import Stats

/// Tells, once each monitor interval, of copies that were wanted and not sent: `copies dropped: truncated 20`. Those
/// that the end of the agent drops have a line of their own.
struct DropNotice {
    private var last: Snapshot?

    /// What came since the last call, by reason; nil when nothing did.
    mutating func news(in snapshot: Snapshot) -> String? {
        let fresh = last.map { snapshot.since($0) } ?? snapshot
        last = snapshot
        let reasons = Counter.dropped.filter { $0 != .droppedShutdown && fresh[$0] > 0 }
            .map { "\($0.label) \(fresh[$0])" }
        return reasons.isEmpty ? nil : "copies dropped: \(reasons.joined(separator: ", "))"
    }
}
