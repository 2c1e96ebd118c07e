internal import Synchronization

/// What one worker counts of the copies for one destination: written by the worker's thread alone, read by any.
package final class CopyBank: Sendable {
    package let counters = CounterBank()
    /// Of copies that still go to a destination which this one has replaced: what becomes of them says nothing of this one. Gauges
    /// count in the sum of both only, since a copy may move from one to the other.
    package let replaced = CounterBank()
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

    /// All at 0.
    package init() {}

    /// What both have counted. Any thread.
    package func value(of counter: Counter) -> UInt64 {
        counters.value(of: counter) &+ replaced.value(of: counter)
    }

    /// Notes that a copy for this destination was taken. The worker's thread only.
    package func noteTaken() { taken.store(taken.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }

    /// Notes that one of them has come to its end. The worker's thread only.
    package func noteEnded() { ended.store(ended.load(ordering: .relaxed) &+ 1, ordering: .relaxed) }

    /// Another mirror is meant from now on, and what was counted so far says nothing of it; copies that were taken are for the one
    /// before, unless they are kept. The worker's thread only.
    package func begin(mirror number: Int, keepsCopies: Bool) {
        for counter in CopyFigures.counters { before.set(counters.value(of: counter), of: counter) }
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
    func valueForMirror(of counter: Counter) -> UInt64 {
        counters.value(of: counter) &- before.value(of: counter)
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
}
