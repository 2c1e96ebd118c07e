internal import Glibc
internal import Stats

/// One worker's account of the copies for one destination: whatever moves a copy on is counted here, together with what the
/// copy holds of shared budgets. Each copy is entered once and closed once.
struct CopyAccount {
    private let bank: CopyBank
    /// Of copies that lead, and of those that follow.
    private let leading, following: CounterBank
    private let isReplaced: Bool
    private let queued: BoundedCount
    /// What the destination's copies hold.
    private let bytes: BoundedCount
    private let memory: MemoryBudget

    /// `isReplaced` for the copies that still go to destinations which `destination` has replaced.
    init(_ destination: Destination, worker: Int, memory: MemoryBudget, isReplaced: Bool = false) {
        self.isReplaced = isReplaced
        bank = destination.books.banks[worker]
        leading = bank.counters(leads: true, isReplaced: isReplaced)
        following = bank.counters(leads: false, isReplaced: isReplaced)
        queued = destination.books.queued
        bytes = destination.books.bytes
        self.memory = memory
    }

    /// The worker has come to know of another mirror.
    func begin(mirror number: Int, keepsCopies: Bool) {
        bank.begin(mirror: number, keepsCopies: keepsCopies)
    }

    /// Bytes that one more copy may hold; throws `queueFull` when `maxQueue` copies wait.
    func room(maxQueue: Int, _ most: QueueBytes) throws(Refusal) -> Int {
        guard queued.held < maxQueue else { throw .queueFull }
        return min(most.ofAll - memory.copies.held, most.ofOne - bytes.held)
    }

    /// A copy is to wait. Throws `queueFull`, and counts nothing, when as many do as may, or hold as many bytes.
    func enter(_ copy: MirrorRequest, maxQueue: Int, _ most: QueueBytes) throws(Refusal) {
        let size = copy.memorySize
        guard queued.take(upTo: maxQueue) else { throw .queueFull }
        guard bytes.take(size, upTo: most.ofOne) else {
            queued.giveBack()
            throw .queueFull
        }
        guard memory.copies.take(size, upTo: most.ofAll) else {
            bytes.giveBack(size)
            queued.giveBack()
            throw .queueFull
        }
        let counters = counters(of: copy)
        counters.add(to: .queued)
        counters.add(size, to: .queuedBytes)
        bank.noteTaken()
    }

    /// The sending of one that has waited begins.
    func begin(_ copy: MirrorRequest, _ now: Double) {
        leaveQueue(copy)
        counters(of: copy).add(to: .inFlight)
        bank.queueDurations.record(seconds: now - copy.header.receivedAt)
    }

    /// One that has waited is not sent.
    func drop(_ copy: MirrorRequest, _ reason: Refusal) {
        leaveQueue(copy)
        release(copy)
        counters(of: copy).add(to: reason.counter)
    }

    /// What a transfer has taken.
    func note(_ end: TransferEnd, seconds: Double) {
        bank.requestDurations.record(seconds: seconds)
        leading.add(end.connectionsOpened, to: .mirrorConnections)
        leading.add(end.bytesReceived, to: .bytesReceived)
        leading.add(end.bytesSent, to: .bytesSent)
    }

    /// One that was to be sent has come to its end, at `now` on the monotonic clock, in seconds.
    func close(_ copy: MirrorRequest, _ outcome: Outcome, _ now: Double) {
        if case .response = outcome { bank.noteSuccess(at: time(nil)) }
        if !isReplaced, outcome.ending != .unreachable { bank.noteConnected(at: Int(now * 1000)) }
        let counters = counters(of: copy)
        counters.subtract(from: .inFlight)
        release(copy)
        counters.add(to: .completed)
        counters.add(to: outcome.counter)
    }

    /// One that was to be sent is given up, and no failure of the mirror's.
    func abandon(_ copy: MirrorRequest, _ reason: Refusal) {
        counters(of: copy).subtract(from: .inFlight)
        release(copy)
        counters(of: copy).add(to: reason.counter)
    }

    /// What is neither a copy's nor a transfer's.
    func count(_ counter: Counter) { leading.add(to: counter) }

    @inline(__always)
    private func counters(of copy: MirrorRequest) -> CounterBank { copy.header.leads ? leading : following }

    private func leaveQueue(_ copy: MirrorRequest) {
        queued.giveBack()
        counters(of: copy).subtract(from: .queued)
    }

    private func release(_ copy: MirrorRequest) {
        let size = copy.memorySize
        bytes.giveBack(size)
        memory.copies.giveBack(size)
        counters(of: copy).subtract(size, from: .queuedBytes)
        if !isReplaced { bank.noteEnded() }
    }
}
