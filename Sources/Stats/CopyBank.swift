internal import Synchronization

/// What one worker counts of the copies for one destination: written by the worker's thread alone, read by any.
package final class CopyBank: Sendable {
    package let counters = CounterBank()
    /// From a copy's arrival to the start of its transfer.
    package let queueDurations = HistogramBank()
    /// From the start of a transfer to its end.
    package let requestDurations = HistogramBank()
    private let success = Atomic<Int>(0)

    /// All at 0.
    package init() {}

    /// When the mirror last answered, in whole seconds since 1970; 0 for never. Any thread.
    var lastSuccess: Int { success.load(ordering: .relaxed) }

    /// Notes that the mirror answered at `time`, in whole seconds since 1970. The worker's thread only.
    package func noteSuccess(at time: Int) { success.store(time, ordering: .relaxed) }
}
