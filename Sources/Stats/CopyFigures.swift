/// What the requests for one destination have come to since the start, as far as its state depends on it. Copies that still went
/// to a destination which it has replaced do not count.
package struct CopyFigures: Sendable, Equatable {
    /// Why copies come to nothing, in the order of `lost`.
    package static let reasons = Counter.failed + Counter.dropped

    /// Requests from HAProxy, those that are not mirrored among them.
    package var received: UInt64 = 0
    /// Copies that the mirror answered.
    package var answered: UInt64 = 0
    /// Copies that came to nothing, by reason.
    package var lost = [UInt64](repeating: 0, count: reasons.count)

    /// All at 0.
    package init() {}

    /// What `banks`, one for each worker, hold. Any thread: what changes meanwhile may be there in part.
    package init(_ banks: [CopyBank]) {
        func sum(_ counter: Counter) -> UInt64 { banks.reduce(0) { $0 &+ $1.counters.value(of: counter) } }
        received = sum(.received)
        answered = Counter.responses.reduce(0) { $0 &+ sum($1) }
        lost = Self.reasons.map(sum)
    }

    /// Copies that came to nothing for one reason.
    package subscript(reason: Counter) -> UInt64 {
        get { Self.reasons.firstIndex(of: reason).map { lost[$0] } ?? 0 }
        set { if let index = Self.reasons.firstIndex(of: reason) { lost[index] = newValue } }
    }

    /// What came since `earlier`.
    package func since(_ earlier: CopyFigures) -> CopyFigures {
        var difference = self
        difference.received &-= earlier.received
        difference.answered &-= earlier.answered
        difference.lost = zip(lost, earlier.lost).map { $0 &- $1 }
        return difference
    }
}
