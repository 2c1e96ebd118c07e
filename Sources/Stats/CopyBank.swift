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

    /// All at 0.
    package init() {}

    /// What both have counted. Any thread.
    package func value(of counter: Counter) -> UInt64 {
        counters.value(of: counter) &+ replaced.value(of: counter)
    }

    /// When the mirror last answered, in whole seconds since 1970; 0 for never. Any thread.
    var lastSuccess: Int { success.load(ordering: .relaxed) }

    /// Notes that the mirror answered at `time`, in whole seconds since 1970. The worker's thread only.
    package func noteSuccess(at time: Int) { success.store(time, ordering: .relaxed) }
}
