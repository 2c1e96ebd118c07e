/// What the requests for one mirror have come to since it is the destination, as far as its state depends on it. Copies that still
/// went to one which it has replaced do not count.
package struct CopyFigures: Sendable, Equatable {
    /// Why copies come to nothing, in the order of `lost`.
    package static let reasons = Counter.failed + Counter.dropped
    /// Why requests are not selected, in the order of `skipped`.
    package static let skipReasons = Counter.skipped
    /// All that is read of a bank.
    static let counters = [.received] + Counter.responses + reasons + skipReasons

    /// Requests from HAProxy, those that are not mirrored among them.
    package var received: UInt64 = 0
    /// Requests that are not mirrored, by reason.
    package var skipped = [UInt64](repeating: 0, count: skipReasons.count)
    /// Copies that were taken, and those of them that are no more.
    package var taken: UInt64 = 0
    package var ended: UInt64 = 0
    /// Copies that the mirror answered.
    package var answered: UInt64 = 0
    /// Copies that came to nothing, by reason.
    package var lost = [UInt64](repeating: 0, count: reasons.count)

    /// All at 0.
    package init() {}

    /// What `banks`, one for each worker, hold for the mirror of this number, which is the newest. Workers that do not know of it yet
    /// count for another. Any thread: what changes meanwhile may be there in part.
    package init(_ banks: [CopyBank], mirror: Int) {
        let banks = banks.filter { $0.isAt(mirror: mirror) }
        func sum(_ counter: Counter) -> UInt64 { banks.reduce(0) { $0 &+ $1.valueForMirror(of: counter) } }
        ended = banks.reduce(0) { $0 &+ $1.endedForMirror }
        taken = banks.reduce(0) { $0 &+ $1.takenForMirror }
        received = sum(.received)
        skipped = Self.skipReasons.map(sum)
        answered = Counter.responses.reduce(0) { $0 &+ sum($1) }
        lost = Self.reasons.map(sum)
    }

    /// Copies that wait or are under way.
    package var underWay: UInt64 { taken > ended ? taken - ended : 0 }

    /// Copies that came to nothing for one reason.
    package subscript(reason: Counter) -> UInt64 {
        get { Self.reasons.firstIndex(of: reason).map { lost[$0] } ?? 0 }
        set { if let index = Self.reasons.firstIndex(of: reason) { lost[index] = newValue } }
    }

    /// What came since `earlier`.
    package func since(_ earlier: CopyFigures) -> CopyFigures {
        var difference = self
        difference.received &-= earlier.received
        difference.skipped = zip(skipped, earlier.skipped).map { $0 &- $1 }
        difference.taken &-= earlier.taken
        difference.ended &-= earlier.ended
        difference.answered &-= earlier.answered
        difference.lost = zip(lost, earlier.lost).map { $0 &- $1 }
        return difference
    }
}
