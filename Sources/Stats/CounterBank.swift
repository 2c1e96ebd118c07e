internal import Synchronization

/// One worker's counters and histograms: written by the worker's thread alone, read by any.
///
/// A single writer needs no atomic addition, only loads and stores that do not tear: an increment costs what an
/// ordinary one does. The slots start and end on cache lines of their own, so two workers never share one.
///
/// What belongs together (a copy received and skipped, a transfer completed and answered) changes within one pass of the
/// worker's loop. `read` takes the values as they are between two passes, so that they agree with each other.
@safe package final class CounterBank: Sendable {
    private static let cacheLine = 64
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Atomic<UInt64>>

    /// From the read that brought a NOTIFY to the write that took its ACK.
    package let ackDurations = HistogramBank()
    /// From a copy's arrival to the start of its transfer.
    package let queueDurations = HistogramBank()
    /// From the start of a transfer to its end.
    package let requestDurations = HistogramBank()
    private let lastSuccess = Atomic<Int>(0)
    private let lock = SequenceLock()

    /// All slots at 0.
    package init() {
        let stride = MemoryLayout<Atomic<UInt64>>.stride
        let bytes = (Counter.allCases.count * stride + Self.cacheLine - 1) / Self.cacheLine * Self.cacheLine
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.cacheLine)
        unsafe slots = memory.bindMemory(to: Atomic<UInt64>.self, capacity: Counter.allCases.count)
        for index in 0..<Counter.allCases.count { unsafe (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe slots.deinitialize(count: Counter.allCases.count)
        unsafe slots.deallocate()
    }

    /// Adds to a counter, or raises a gauge. The worker's thread only.
    @inline(__always)
    package func add(_ amount: Int = 1, to counter: Counter) {
        let slot = unsafe slots + counter.rawValue
        let value = unsafe slot.pointee.load(ordering: .relaxed)
        unsafe slot.pointee.store(value &+ UInt64(bitPattern: Int64(amount)), ordering: .relaxed)
    }

    /// Lowers a gauge. The worker's thread only.
    @inline(__always)
    package func subtract(_ amount: Int = 1, from gauge: Counter) { add(-amount, to: gauge) }

    /// The value now. Any thread.
    package func value(of counter: Counter) -> UInt64 {
        unsafe slots[counter.rawValue].load(ordering: .relaxed)
    }

    /// Notes that the mirror answered at `time`, in whole seconds since 1970. The worker's thread only.
    package func noteSuccess(at time: Int) { lastSuccess.store(time, ordering: .relaxed) }

    /// The worker's loop has woken up and begins to call its watchers. The worker's thread only.
    package func beginPass() { lock.begin() }

    /// The loop is about to sleep: everything counted so far belongs together. The worker's thread only.
    package func endPass() { lock.end { copy() } }

    /// Asks for the values, for `read` to find: with several banks, all of them first. Any thread but the worker's.
    func ask() { lock.ask() }

    /// All values as they were between two passes. Any thread but the worker's; waits for the end of a pass, at most
    /// `SequenceLock.patience`, and past that takes the values as they come.
    func read() -> BankValues { lock.read { copy() } }

    private func copy() -> BankValues {
        BankValues(
            counters: Counter.allCases.map { value(of: $0) }, ackDurations: Histogram(ackDurations),
            queueDurations: Histogram(queueDurations), requestDurations: Histogram(requestDurations),
            lastSuccess: lastSuccess.load(ordering: .relaxed))
    }
}

/// What one bank held at one moment.
struct BankValues: Sendable {
    let counters: [UInt64]
    let ackDurations: Histogram
    let queueDurations: Histogram
    let requestDurations: Histogram
    /// When the mirror last answered, in whole seconds since 1970; 0 for never.
    let lastSuccess: Int
}
