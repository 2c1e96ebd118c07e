internal import Synchronization

/// What one worker counts of the requests for one destination: written by the worker's thread alone, read by any.
///
/// A request that several destinations take has a copy for each, and counts in the books of each. One of the copies leads: in the
/// totals of all requests, the request comes to what that copy comes to.
package final class CopyBank: Sendable {
    /// Tells the books of destinations apart: all banks of one have its number, and no other destination ever has it.
    package let destination: Int
    /// Of requests that lead, and of those that follow.
    private let leading = Pair()
    private let following = Pair()
    /// From a copy's arrival to the start of its transfer.
    package let queueDurations = HistogramBank()
    /// From the start of a transfer to its end.
    package let requestDurations = HistogramBank()
    private let success = Atomic<Int>(0)
    private let connected = Atomic<Int>(0)
    /// Copies for this destination that were taken, and those of them that have come to their end.
    private let taken = Atomic<UInt64>(0)
    private let ended = Atomic<UInt64>(0)
    /// Which mirror is meant: the last one that the worker knows of, and what it had counted when it came to know.
    private let mirror = Atomic<Int>(0)
    private let before = CounterBank()
    private let takenBefore = Atomic<UInt64>(0)
    private let endedBefore = Atomic<UInt64>(0)

    /// Requests for the mirror that is meant, and copies that still go to one which it has replaced: what becomes of them says
    /// nothing of it. Gauges count in the sum of both only, since a copy may move from one to the other.
    private struct Pair: Sendable {
        let current = CounterBank()
        let replaced = CounterBank()

        func value(of counter: Counter) -> UInt64 {
            current.value(of: counter) &+ replaced.value(of: counter)
        }
    }

    /// All at 0.
    package init(destination: Int = 0) { self.destination = destination }

    /// Where to count.
    package func counters(leads: Bool, isReplaced: Bool = false) -> CounterBank {
        let pair = leads ? leading : following
        return isReplaced ? pair.replaced : pair.current
    }

    /// What was counted for the destination. Any thread.
    package func value(of counter: Counter) -> UInt64 {
        leading.value(of: counter) &+ following.value(of: counter)
    }

    /// What of that belongs to the totals. Any thread.
    func share(of counter: Counter) -> UInt64 {
        counter.isOfRequests ? leading.value(of: counter) : value(of: counter)
    }

    /// Notes that a copy for this destination was taken. The worker's thread only.
    package func noteTaken() { taken.store(taken.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }

    /// Notes that one of them has come to its end. The worker's thread only.
    package func noteEnded() { ended.store(ended.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }

    /// Another mirror is meant from now on, and what was counted so far says nothing of it; copies that were taken are for the one
    /// before, unless they are kept. The worker's thread only.
    package func begin(mirror number: Int, keepsCopies: Bool) {
        for counter in CopyFigures.counters { before.set(current(counter), of: counter) }
        if !keepsCopies {
            let taken = taken.load(ordering: .relaxed)
            // None of the old ones is under way here: what becomes of them is counted in `replaced`.
            takenBefore.store(taken, ordering: .relaxed)
            endedBefore.store(ended.load(ordering: .relaxed), ordering: .relaxed)
        }
        mirror.store(number, ordering: .releasing)
    }

    /// Whether the worker knows of a mirror by now. Any thread.
    func isAt(mirror number: Int) -> Bool { mirror.load(ordering: .acquiring) == number }

    /// What was counted for the mirror that the worker knows of. Any thread, as long as there is no other.
    func valueForMirror(of counter: Counter) -> UInt64 { current(counter) &- before.value(of: counter) }

    private func current(_ counter: Counter) -> UInt64 {
        leading.current.value(of: counter) &+ following.current.value(of: counter)
    }

    /// Copies that were taken for it. The same.
    var takenForMirror: UInt64 { taken.load(ordering: .relaxed) &- takenBefore.load(ordering: .relaxed) }

    /// Copies for it that have come to their end. The same.
    var endedForMirror: UInt64 { ended.load(ordering: .relaxed) &- endedBefore.load(ordering: .relaxed) }

    /// When a copy for this destination last ended that had got a connection, in milliseconds on the monotonic clock; 0 for never. Any
    /// thread.
    package var lastConnected: Int { connected.load(ordering: .relaxed) }

    /// Notes that one has ended at `time`, in milliseconds on the monotonic clock. The worker's thread only.
    package func noteConnected(at time: Int) { connected.store(time, ordering: .relaxed) }

    /// When the mirror last answered, in whole seconds since 1970; 0 for never. Any thread.
    var lastSuccess: Int { success.load(ordering: .relaxed) }

    /// Notes that the mirror answered at `time`, in whole seconds since 1970. The worker's thread only.
    package func noteSuccess(at time: Int) { success.store(time, ordering: .relaxed) }

    /// Takes over what `other` has counted: its destination is gone. The worker's thread only, within one pass.
    func absorb(_ other: CopyBank) {
        for counter in Counter.allCases {
            for leads in [true, false] {
                let pair = leads ? other.leading : other.following
                let value = Int(truncatingIfNeeded: pair.value(of: counter))
                counters(leads: leads).add(value, to: counter)
            }
        }
        queueDurations.absorb(other.queueDurations)
        requestDurations.absorb(other.requestDurations)
        noteSuccess(at: max(lastSuccess, other.lastSuccess))
    }
}
