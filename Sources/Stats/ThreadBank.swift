internal import Synchronization

/// All that one thread counts, of itself and of copies: written by that thread alone, read by any.
///
/// What belongs together (a copy received and skipped, a transfer completed and answered) changes within one pass of the
/// thread's loop. `read` takes the values as they are between two passes, so that they agree with each other.
package final class ThreadBank: Sendable {
    /// Of what HAProxy sends or, on the main thread, of what is asked.
    package let counters = CounterBank()
    /// From the read that brought a NOTIFY to the write that took its ACK.
    package let ackDurations = HistogramBank()
    /// Those banks of destinations that this thread writes.
    private let copies: Mutex<[CopyBank]>
    /// What destinations have come to that are gone.
    private let gone = CopyBank()
    private let lock = SequenceLock()

    /// Of a thread that has these `copies`, to begin with.
    package init(copies: [CopyBank] = []) { self.copies = Mutex(copies) }

    /// The value now, all copies for all destinations in it. Any thread.
    package func value(of counter: Counter) -> UInt64 {
        let copies = copies.withLock { $0 } + [gone]
        return copies.reduce(counters.value(of: counter)) { $0 &+ $1.value(of: counter) }
    }

    /// The thread is about to count for one more destination. The thread itself only, within a pass or before its loop runs.
    package func add(_ bank: CopyBank) { copies.withLock { $0.append(bank) } }

    /// A destination is gone, and will not be counted for any more: what it has come to stays in the totals. The thread itself only,
    /// within a pass.
    package func remove(_ bank: CopyBank) {
        let isThere = copies.withLock { copies in
            let count = copies.count
            copies.removeAll { $0 === bank }
            return copies.count < count
        }
        if isThere { gone.absorb(bank) }
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
        let banks = copies.withLock { $0 }
        let all = banks + [gone]
        return Snapshot(
            values: Counter.allCases.map { counter in
                all.reduce(counters.value(of: counter)) { $0 &+ $1.share(of: counter) }
            },
            ackDurations: Histogram(ackDurations),
            queueDurations: Histogram(adding: all.map { Histogram($0.queueDurations) }),
            requestDurations: Histogram(adding: all.map { Histogram($0.requestDurations) }),
            lastSuccess: all.map(\.lastSuccess).max() ?? 0,
            destinations: Dictionary(banks.map { ($0.destination, Snapshot($0)) }) { first, _ in first })
    }
}
