internal import Stats
internal import System

/// One worker's way to the mirror: decides when copies are started, and which are dropped.
final class Delivery {
    /// Transfers started in one pass of the loop, at most. One on a kept connection takes some microseconds, one that has to connect
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
    /// Copies dropped in one go; the others are dropped in the next passes.
    private static let expiryBatch = 500
    /// Seconds between looks for copies that waited too long.
    private static let expiryInterval = 0.25

    private let transport: any Transport
    private let pass: PassBudget
    private let account: CopyAccount
    /// The same for copies that go to mirrors which were replaced.
    private let replaced: CopyAccount
    private let reporter: DeliveryReporter
    private var passes: PassWatcher?
    private var retry: TimerWatcher?
    private var expiry: TimerWatcher?
    private var lastCutOff = -Double.infinity
    private var destination: Destination
    private var maxBytes: QueueBytes
    /// Copies for it, and for those that it replaced.
    private var current: Outbox
    private var draining: Outbox
    /// Copies that an operator gives up.
    private let flushing: Flushing
    /// Called when the last copy is gone, while the worker stops.
    private var drained: (() -> Void)?

    /// `worker` is the number of its worker.
    init(
        loop: EventLoop, transport: any Transport, pass: PassBudget, destination: Destination, worker: Int,
        maxBytes: QueueBytes, memory: MemoryBudget, reporter: DeliveryReporter
    ) {
        self.transport = transport
        self.pass = pass
        self.destination = destination
        self.maxBytes = maxBytes
        account = CopyAccount(destination, worker: worker, memory: memory)
        self.reporter = reporter
        current = Outbox(
            destination, places: destination.books.inFlight, account: account, reporter: reporter)
        replaced = CopyAccount(destination, worker: worker, memory: memory, isReplaced: true)
        draining = Outbox(
            destination, places: destination.books.draining, account: replaced, reporter: reporter)
        flushing = Flushing(
            Outbox(destination, places: destination.books.draining, account: replaced, reporter: reporter))
        transport.client = self
        current.copyEnded = { [unowned self] in reportWhenDrained() }
        draining.copyEnded = current.copyEnded
        flushing.outbox.copyEnded = current.copyEnded
        passes = PassWatcher(loop: loop) { [unowned self] in startBatch() }
        // The timer only wakes the loop, and each pass starts a batch.
        retry = TimerWatcher(loop: loop, priority: .mirror) {}
        expiry = TimerWatcher(loop: loop, priority: .mirror) { [unowned self] in
            dropExpired(MonotonicClock.now)
        }
    }

    /// To be called before all else, on the worker's thread.
    func begin() { transport.begin() }

    /// Uses `destination`'s settings for every copy that starts from now on. If it is another mirror than before, that one drains:
    /// its copies go there, out of the way of those for the new one.
    func apply(_ destination: Destination, _ maxBytes: QueueBytes) {
        let isSameMirror = destination.isSameMirror(as: self.destination)
        // It may be the same again, if there was another in between.
        if destination.mirror != self.destination.mirror {
            account.begin(mirror: destination.mirror, keepsCopies: isSameMirror)
        }
        self.destination = destination
        self.maxBytes = maxBytes
        transport.apply(settings)
        guard isSameMirror else { return drainCurrent() }
        current.apply(destination)
    }

    private func drainCurrent() {
        draining.takeOver(current)
        current = Outbox(
            destination, places: destination.books.inFlight, account: account, reporter: reporter)
        current.copyEnded = draining.copyEnded
        giveUpExcess()
    }

    /// What waits is not sent any more.
    func pause() {
        var settings = settings
        settings.isPaused = true
        destination = destination.changed(to: settings)
        passes?.isBusy = true
    }

    /// The destination was deleted: its copies drain, and none comes any more. Calls back as `drain` does.
    func leave(_ drained: @escaping () -> Void) {
        drainCurrent()
        drain(drained)
    }

    /// Mirrors that hang, replaced by others that hang, may not hold more and more: past as many transfers as the current one may
    /// have, the oldest are given up.
    private func giveUpExcess() {
        let excess = destination.books.draining.held - settings.maxInFlight
        guard excess > 0 else { return }
        for transfer in draining.underWay.sorted(by: { $0.startedAt < $1.startedAt }).prefix(excess) {
            transport.giveUp(
                transfer, as: .timeout, because: "given up for copies to a mirror that replaced it")
        }
    }

    /// Bytes that a copy may hold now, at most; throws `breaker`, or `queueFull` when there is no place in the queue. A copy that is
    /// refused costs nothing but this. It came at `now` on the monotonic clock, in seconds.
    func room(now: Double) throws(Refusal) -> Int {
        if current.refuses(at: now) { throw .breaker }
        return try account.room(maxQueue: settings.maxQueue, maxBytes)
    }

    /// Takes a copy, or throws `queueFull` and counts nothing. It is started in the loop's next pass.
    func enqueue(_ copy: MirrorRequest) throws(Refusal) {
        try account.enter(copy, maxQueue: settings.maxQueue, maxBytes)
        current.append(copy)
    }

    private var settings: DestinationSettings { destination.settings }

    /// In seconds.
    private var maxQueueAge: Double { settings.maxQueueAge.inSeconds }

    /// No copy waits, is under way, or is being given up.
    var isEmpty: Bool { current.isEmpty && draining.isEmpty && flushing.isOver }

    private var noneWaits: Bool { current.queue.isEmpty && draining.queue.isEmpty }

    // MARK: start

    private func startBatch() {
        transport.beginPass()
        if !flushing.isOver {
            flushing.goOn(transport, pass, upTo: Self.expiryBatch)
            reportWhenDrained()
        }
        guard !noneWaits else {
            passes?.isBusy = !flushing.isOver
            return
        }
        let now = MonotonicClock.now
        guard !settings.isPaused else { return dropPaused() }
        // While copies can be started or dropped, the loop may not sleep on the rest of the queue.
        var isBusy = dropExpired(now)
        let maxInFlight = settings.maxInFlight
        if startBatch(from: current, upTo: maxInFlight, now) { isBusy = true }
        // Its transfers come on top, half as many at most: more are only under way when they were at the time of the change.
        if startBatch(from: draining, upTo: max(1, maxInFlight / 2), now) { isBusy = true }
        passes?.isBusy = isBusy || !flushing.isOver
        waitForRoom(now)
    }

    /// True when more can be started in the next pass.
    private func startBatch(from outbox: Outbox, upTo bound: Int, _ now: Double) -> Bool {
        // One that is left over from this pass's drops must not be sent.
        guard let first = outbox.queue.first, first.header.receivedAt >= now - maxQueueAge else {
            return false
        }
        var started = 0
        repeat {
            let before = started
            while started < before + Self.step, outbox.startFirst(on: transport, upTo: bound, now: now) {
                started += 1
            }
            guard started > before else { break }
            transport.kick()
        } while started < Self.batch && pass.allowsStart(since: now)
        return started >= Self.step && !outbox.queue.isEmpty
    }

    /// While the queue is full of copies that cannot start, the loop must sleep: a transfer that ends wakes it. Only
    /// a worker without a transfer of its own has to look again.
    private func waitForRoom(_ now: Double) {
        guard !noneWaits else { return }
        let hasTransfers = !current.underWay.isEmpty || !draining.underWay.isEmpty
        if !hasTransfers, current.mayStart(now: now) || draining.mayStart(now: now) {
            retry?.start(after: Self.retryInterval)
        } else if let pause = [current.nextLook(now: now), draining.nextLook(now: now)].compactMap(\.self)
            .min()
        {
            retry?.start(after: max(pause, Self.retryInterval))
        }
        if expiry?.isRunning == false {
            expiry?.start(after: Self.expiryInterval, every: Self.expiryInterval)
        }
    }

    // MARK: drop

    /// True when there may be more of them.
    @discardableResult
    private func dropExpired(_ now: Double) -> Bool {
        let isUsedUp = drop(receivedBefore: now - maxQueueAge, .expired)
        if noneWaits { expiry?.stop() }
        reportWhenDrained()
        return isUsedUp
    }

    /// A pause sends nothing: what has waited is not wanted any more.
    private func dropPaused() {
        drop(receivedBefore: .infinity, .paused)
        passes?.isBusy = !noneWaits || !flushing.isOver
        reportWhenDrained()
    }

    /// Drops one batch; true when there may be more.
    @discardableResult
    private func drop(receivedBefore time: Double, _ reason: Refusal) -> Bool {
        let left = Self.expiryBatch - draining.drop(receivedBefore: time, reason, upTo: Self.expiryBatch)
        return current.drop(receivedBefore: time, reason, upTo: left) == left
    }

    /// Gives up all copies for destinations that were replaced, reason `flushed`, in this pass of the loop and those that follow.
    /// Copies for a destination that is replaced meanwhile are none of them. `done` is called once with their number: at once when
    /// there are none, and also when the worker stops before.
    func flush(_ done: @escaping (Int) -> Void) {
        flushing.take(draining, done)
        draining = Outbox(
            destination, places: destination.books.draining, account: replaced, reporter: reporter)
        draining.copyEnded = current.copyEnded
        // The next pass begins with them: until then, the loop may not sleep.
        if !flushing.isOver { passes?.isBusy = true }
    }

    // MARK: stop

    /// Calls back once, when no copy is waiting or under way; at once if none is.
    func drain(_ drained: @escaping () -> Void) {
        self.drained = drained
        reportWhenDrained()
    }

    /// Drops whatever is left, reason `shutdown`; returns how many.
    func abandon() -> Int {
        flushing.abandon(transport) + draining.abandon(transport) + current.abandon(transport)
    }

    private func reportWhenDrained() {
        guard let drained, isEmpty else { return }
        self.drained = nil
        drained()
    }
}

extension Delivery: TransportClient {
    /// Mirrors that were replaced are to blame, if copies are under way to any: the new one goes on.
    func mirrorWasCutOff(_ cause: String) {
        let now = MonotonicClock.now
        let isAgain = now - lastCutOff < Self.holdMemory
        lastCutOff = now
        account.count(.mirrorCutOffs)
        let blamed = draining.underWay.isEmpty ? current : draining
        if isAgain { blamed.hold(until: now + Self.holdInterval) }
        reporter.mirrorWasCutOff(cause, holdSeconds: isAgain ? Self.holdInterval : 0)
        for transfer in blamed.underWay {
            transport.giveUp(
                transfer, as: .reset,
                because:
                    "cut off with all connections of its worker: one of them took too much processor time")
        }
    }

    func transportLacks(_ what: String, _ cause: String) { reporter.transportLacks(what, cause) }

    func mirrorSpokeUnasked() {
        account.count(.mirrorAmbiguous)
        reporter.connectionEnded("it spoke while no copy was under way")
    }
}
