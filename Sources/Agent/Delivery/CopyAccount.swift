internal import Glibc
internal import Stats

/// One worker's account of the copies for one destination: whatever moves a copy on is counted here, together with what the
/// copy holds of shared budgets. Each copy is entered once and closed once.
struct CopyAccount {
    private let bank: CopyBank
    private let counters: CounterBank
    private let isReplaced: Bool
    private let queued: BoundedCount
    private let memory: MemoryBudget

    /// `isReplaced` for the copies that still go to destinations which `destination` has replaced.
    init(_ destination: Destination, worker: Int, memory: MemoryBudget, isReplaced: Bool = false) {
        self.isReplaced = isReplaced
        bank = destination.books.banks[worker]
        counters = isReplaced ? bank.replaced : bank.counters
        queued = destination.books.queued
        self.memory = memory
    }

    /// The worker has come to know of another mirror.
    func begin(mirror number: Int, keepsCopies: Bool) {
        bank.begin(mirror: number, keepsCopies: keepsCopies)
    }

    /// Bytes that are left of `maxBytes`; throws `queueFull` when `maxQueue` copies wait.
    func room(maxQueue: Int, maxBytes: Int) throws(Refusal) -> Int {
        guard queued.held < maxQueue else { throw .queueFull }
        return maxBytes - memory.copies.held
    }

    /// A copy is to wait. Throws `queueFull`, and counts nothing, when as many do as may, or hold as many bytes.
    func enter(_ copy: MirrorRequest, maxQueue: Int, maxBytes: Int) throws(Refusal) {
        let size = copy.memorySize
        guard queued.take(upTo: maxQueue) else { throw .queueFull }
        guard memory.copies.take(size, upTo: maxBytes) else {
            queued.giveBack()
            throw .queueFull
        }
        counters.add(to: .queued)
        counters.add(size, to: .queuedBytes)
        bank.noteTaken()
    }

    /// The sending of one that has waited begins.
    func begin(_ copy: MirrorRequest, _ now: Double) {
        leaveQueue()
        counters.add(to: .inFlight)
        bank.queueDurations.record(seconds: now - copy.header.receivedAt)
    }

    /// One that has waited is not sent.
    func drop(_ copy: MirrorRequest, _ reason: Refusal) {
        leaveQueue()
        release(copy)
        counters.add(to: reason.counter)
    }

    /// What a transfer has taken.
    func note(_ end: TransferEnd, seconds: Double) {
        bank.requestDurations.record(seconds: seconds)
        counters.add(end.connectionsOpened, to: .mirrorConnections)
        counters.add(end.bytesReceived, to: .bytesReceived)
        counters.add(end.bytesSent, to: .bytesSent)
    }

    /// One that was to be sent has come to its end, at `now` on the monotonic clock, in seconds.
    func close(_ copy: MirrorRequest, _ outcome: Outcome, _ now: Double) {
        if case .response = outcome { bank.noteSuccess(at: time(nil)) }
        if !isReplaced, outcome.ending != .unreachable { bank.noteConnected(at: Int(now * 1000)) }
        counters.subtract(from: .inFlight)
        release(copy)
        counters.add(to: .completed)
        counters.add(to: outcome.counter)
    }

    /// One that was to be sent is given up, and no failure of the mirror's.
    func abandon(_ copy: MirrorRequest, _ reason: Refusal) {
        counters.subtract(from: .inFlight)
        release(copy)
        counters.add(to: reason.counter)
    }

    /// What is neither a copy's nor a transfer's.
    func count(_ counter: Counter) { counters.add(to: counter) }

    private func leaveQueue() {
        queued.giveBack()
        counters.subtract(from: .queued)
    }

    private func release(_ copy: MirrorRequest) {
        memory.copies.giveBack(copy.memorySize)
        counters.subtract(copy.memorySize, from: .queuedBytes)
        if !isReplaced { bank.noteEnded() }
    }
}
