internal import Glibc
internal import Stats
internal import System

/// One worker's way to the mirror: a bounded queue, a transport, and the one point where every copy that was queued ends.
final class Delivery {
    /// Transfers started in one turn of the loop, at most. One on a kept connection takes some microseconds, one that has to connect
    /// ten times as much.
    private static let batch = 32
    /// Transfers started between two looks at the clock.
    private static let step = 4
    /// Seconds until a worker that has no transfer of its own looks again for one that others gave back.
    private static let retryInterval = 0.005
    /// Seconds that copies wait after a mirror has kept the transport from its end, twice within so many seconds: what it
    /// takes of the worker stays a small share. Once may be an accident: thousands of transfers that time out together.
    private static let holdInterval = 5.0
    private static let holdMemory = 10.0
    /// Copies dropped in one go; the others are dropped in the next turns.
    private static let expiryBatch = 500
    /// Seconds between looks for copies that waited too long.
    private static let expiryInterval = 0.25

    private let transport: any Transport
    private let pass: PassBudget
    private let budget: DeliveryBudget
    private let bank: CopyBank
    private var counters: CounterBank { bank.counters }
    private let reporter: DeliveryReporter
    private var settings: Settings
    /// In seconds.
    private var maxQueueAge: Double
    private var turn: TurnWatcher?
    private var retry: TimerWatcher?
    private var expiry: TimerWatcher?
    private var lastCutOff = -Double.infinity
    private var lanes = Lanes()
    /// In no order; each transfer knows its slot.
    private var active: [Transfer] = []
    /// Called when the last copy is gone, while draining.
    private var drained: (() -> Void)?

    init(
        loop: EventLoop, transport: any Transport, pass: PassBudget, settings: Settings,
        budget: DeliveryBudget, bank: CopyBank, reporter: DeliveryReporter
    ) {
        self.transport = transport
        self.pass = pass
        self.settings = settings
        maxQueueAge = settings.destination.maxQueueAge.inSeconds
        self.budget = budget
        self.bank = bank
        self.reporter = reporter
        transport.client = self
        turn = TurnWatcher(loop: loop) { [unowned self] in startBatch() }
        // The timer only makes the loop turn, and each turn starts a batch.
        retry = TimerWatcher(loop: loop, priority: .mirror) {}
        expiry = TimerWatcher(loop: loop, priority: .mirror) { [unowned self] in
            dropExpired(MonotonicClock.now)
        }
    }

    /// Uses `settings` for every copy that starts from now on. Copies made for another destination go there, out of the way of
    /// those for the new one.
    func apply(_ settings: Settings) {
        let isReplaced = settings.destination.url !== self.settings.destination.url
        if isReplaced { budget.retire(lanes.retire()) }
        self.settings = settings
        maxQueueAge = settings.destination.maxQueueAge.inSeconds
        transport.apply(settings.destination)
        if isReplaced { giveUpExcess() }
    }

    /// Mirrors that hang, replaced by others that hang, may not hold more and more: the oldest transfers are given up.
    private func giveUpExcess() {
        let excess = budget.excess(maxInFlight: settings.destination.maxInFlight)
        guard excess > 0 else { return }
        let oldest = active.filter { $0.copy.map { kind(of: $0) } == .retired }
            .sorted { $0.startedAt < $1.startedAt }.prefix(excess)
        for transfer in oldest {
            transport.giveUp(
                transfer, as: .timeout, because: "given up for copies to a mirror that replaced it")
        }
    }

    /// Takes a copy, or throws `queueFull` and counts nothing. It is started in the loop's next turn.
    func enqueue(_ request: MirrorRequest) throws(Refusal) {
        let size = request.memorySize
        guard
            budget.reserveQueue(
                size: size, maxQueue: settings.destination.maxQueue, maxBytes: settings.maxQueueBytes)
        else { throw .queueFull }
        counters.add(to: .queued)
        counters.add(size, to: .queuedBytes)
        lanes.current.queue.append(request)
    }

    // MARK: start

    private func startBatch() {
        transport.beginPass()
        guard !lanes.isEmpty else {
            turn?.isBusy = false
            return
        }
        let now = MonotonicClock.now
        guard !settings.destination.isPaused else { return dropPaused() }
        // While copies can be started or dropped, the loop may not sleep on the rest of the queue.
        var isBusy = dropExpired(now)
        if startBatch(of: .current, now) { isBusy = true }
        if startBatch(of: .retired, now) { isBusy = true }
        turn?.isBusy = isBusy
        waitForRoom(now)
    }

    /// True when more can be started in the next turn.
    private func startBatch(of lane: Lanes.Kind, _ now: Double) -> Bool {
        // One that is left over from this turn's drops must not be sent.
        guard let first = lanes[lane].queue.first, first.header.receivedAt >= now - maxQueueAge else {
            return false
        }
        let allowed = lanes[lane].probing.allowance(Self.batch, now: now)
        var started = 0
        repeat {
            let before = started
            while started < min(before + Self.step, allowed), !lanes[lane].queue.isEmpty,
                reserveTransfer(lane)
            {
                start(lanes[lane].queue.removeFirst(), now)
                started += 1
            }
            guard started > before else { break }
            transport.kick()
        } while started < allowed && pass.allowsStart(since: now)
        return started >= min(Self.step, allowed) && started > 0 && !lanes[lane].queue.isEmpty
    }

    private func reserveTransfer(_ lane: Lanes.Kind) -> Bool {
        lane == .current
            ? budget.reserveTransfer(maxInFlight: settings.destination.maxInFlight)
            : budget.reserveRetiredTransfer(maxInFlight: settings.destination.maxInFlight)
    }

    /// While the queue is full of copies that cannot start, the loop must sleep: a transfer that ends wakes it. Only
    /// a worker whose transfers are all with others has to look by itself.
    private func waitForRoom(_ now: Double) {
        guard !lanes.isEmpty else { return }
        if active.isEmpty && lanes.mayStart(now: now) {
            retry?.start(after: Self.retryInterval)
        } else if let pause = lanes.nextLook(now: now) {
            retry?.start(after: max(pause, Self.retryInterval))
        }
        if expiry?.isRunning == false {
            expiry?.start(after: Self.expiryInterval, every: Self.expiryInterval)
        }
    }

    private func start(_ request: MirrorRequest, _ now: Double) {
        budget.releaseQueue()
        counters.subtract(from: .queued)
        counters.add(to: .inFlight)
        bank.queueDurations.record(seconds: now - request.header.receivedAt)
        lanes[kind(of: request)].began()
        guard let transfer = transport.start(request, for: self, now: now) else {
            return finish(request, .failed(.other), now)
        }
        transfer.slot = active.count
        active.append(transfer)
    }

    // MARK: end

    private func remove(_ transfer: Transfer) {
        let last = active.removeLast()
        guard last !== transfer else { return }
        active[transfer.slot] = last
        last.slot = transfer.slot
    }

    /// The one point where a transfer's copy ends.
    private func finish(_ request: MirrorRequest, _ outcome: Outcome, _ now: Double) {
        if case .response = outcome { bank.noteSuccess(at: time(nil)) }
        endTransfer(request) { $0.ended(outcome, now: now) }
        counters.add(to: .completed)
        counters.add(to: outcome.counter)
        reportWhenDrained()
    }

    private func kind(of request: MirrorRequest) -> Lanes.Kind {
        request.header.destination === settings.destination.url ? .current : .retired
    }

    private func endTransfer(_ request: MirrorRequest, _ note: (inout Lanes.Lane) -> Void) {
        note(&lanes[kind(of: request)])
        switch kind(of: request) {
        case .current: budget.releaseTransfer()
        case .retired: budget.releaseRetiredTransfer()
        }
        counters.subtract(from: .inFlight)
        release(request)
    }

    /// True when there may be more of them.
    @discardableResult
    private func dropExpired(_ now: Double) -> Bool {
        let oldest = now - maxQueueAge
        var left = Self.expiryBatch
        while left > 0, let request = lanes.popFirst(receivedBefore: oldest) {
            drop(request, .expired)
            left -= 1
        }
        if lanes.isEmpty { expiry?.stop() }
        reportWhenDrained()
        return left == 0
    }

    /// A pause sends nothing: what has waited is not wanted any more.
    private func dropPaused() {
        var left = Self.expiryBatch
        while left > 0, let request = lanes.popFirst(receivedBefore: .infinity) {
            drop(request, .paused)
            left -= 1
        }
        turn?.isBusy = !lanes.isEmpty
        reportWhenDrained()
    }

    private func drop(_ request: MirrorRequest, _ reason: Refusal) {
        budget.releaseQueue()
        release(request)
        counters.subtract(from: .queued)
        counters.add(to: reason.counter)
    }

    private func release(_ request: MirrorRequest) {
        budget.releaseBytes(request.memorySize)
        counters.subtract(request.memorySize, from: .queuedBytes)
    }

    // MARK: stop

    /// Calls back once, when no copy is waiting or under way; at once if none is.
    func drain(_ drained: @escaping () -> Void) {
        self.drained = drained
        reportWhenDrained()
    }

    /// Drops whatever is left, reason `shutdown`; returns how many.
    func abandon() -> Int {
        let count = lanes.count + active.count
        while let request = lanes.popFirst(receivedBefore: .infinity) { drop(request, .shutdown) }
        while let transfer = active.last {
            remove(transfer)
            guard let request = transport.takeBack(transfer) else { continue }
            endTransfer(request) { $0.active -= 1 }
            counters.add(to: Refusal.shutdown.counter)
        }
        return count
    }

    private func reportWhenDrained() {
        guard let drained, lanes.isEmpty, active.isEmpty else { return }
        self.drained = nil
        drained()
    }
}

extension Delivery: TransferOwner {
    func wasResent(_ transfer: Transfer) { counters.add(to: .resent) }

    func ended(_ transfer: Transfer, _ end: TransferEnd) {
        guard let copy = transfer.copy else { return }
        let now = MonotonicClock.now
        bank.requestDurations.record(seconds: now - transfer.startedAt)
        counters.add(end.connectionsOpened, to: .mirrorConnections)
        counters.add(end.bytesReceived, to: .bytesReceived)
        counters.add(end.bytesSent, to: .bytesSent)
        if end.wasAmbiguous {
            counters.add(to: .mirrorAmbiguous)
            reporter.connectionEnded("nobody can say what follows its answer")
        }
        reporter.ended(copy, end, seconds: now - transfer.startedAt, settings.requestLog)
        remove(transfer)
        finish(copy, end.outcome, now)
    }
}

extension Delivery: TransportClient {
    /// Those to a mirror that was replaced are to blame, if there are any: the new one goes on.
    func mirrorWasCutOff() {
        let now = MonotonicClock.now
        let isAgain = now - lastCutOff < Self.holdMemory
        lastCutOff = now
        counters.add(to: .mirrorCutOffs)
        let kind: Lanes.Kind = lanes.retired.active > 0 ? .retired : .current
        if isAgain { lanes[kind].probing.hold(until: now + Self.holdInterval) }
        reporter.mirrorWasCutOff(holdSeconds: isAgain ? Self.holdInterval : 0)
        for transfer in active.filter({ $0.copy.map { self.kind(of: $0) } == kind }) {
            transport.giveUp(
                transfer, as: .reset,
                because:
                    "cut off with all connections of its worker: one of them took too much processor time"
            )
        }
    }

    func mirrorSpokeUnasked() {
        counters.add(to: .mirrorAmbiguous)
        reporter.connectionEnded("it spoke while no copy was under way")
    }
}
