/// All that one thread counts, of itself and of copies: written by that thread alone, read by any.
///
/// What belongs together (a copy received and skipped, a transfer completed and answered) changes within one pass of the
/// thread's loop. `read` takes the values as they are between two passes, so that they agree with each other.
package final class ThreadBank: Sendable {
    /// Of what HAProxy sends or, on the main thread, of what is asked.
    package let counters = CounterBank()
    /// From the read that brought a NOTIFY to the write that took its ACK.
    package let ackDurations = HistogramBank()
    private let copies: [CopyBank]
    private let lock = SequenceLock()

    /// `copies` are those banks of destinations that this thread writes.
    package init(copies: [CopyBank] = []) { self.copies = copies }

    /// The value now. Any thread.
    package func value(of counter: Counter) -> UInt64 {
        copies.reduce(counters.value(of: counter)) { $0 &+ $1.value(of: counter) }
    }

    /// The loop has woken up and begins to call its watchers. The thread itself only.
    package func beginPass() { lock.begin() }

    /// The loop is about to sleep: everything counted so far belongs together. The thread itself only.
    package func endPass() { lock.end { copy() } }

    /// Asks for the values, for `read` to find: with several banks, all of them first. Any other thread.
    func ask() { lock.ask() }

    /// All values as they were between two passes. Any other thread; waits for the end of a pass, at most `SequenceLock.patience`, and past
    /// that takes the values as they come.
    func read() -> Snapshot { lock.read { copy() } }

    private func copy() -> Snapshot {
        Snapshot(
            values: Counter.allCases.map { value(of: $0) }, ackDurations: Histogram(ackDurations),
            queueDurations: Histogram(adding: copies.map { Histogram($0.queueDurations) }),
            requestDurations: Histogram(adding: copies.map { Histogram($0.requestDurations) }),
            lastSuccess: copies.map(\.lastSuccess).max() ?? 0)
    }
}
