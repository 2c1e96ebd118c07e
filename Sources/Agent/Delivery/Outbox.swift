internal import DequeModule
internal import Stats
internal import System

/// One worker's copies for one destination, or for all of those that drain: those that wait, the oldest first, and those under way.
@safe final class Outbox {
    private(set) var queue = Deque<MirrorRequest>()
    /// In no order; each transfer knows its slot.
    private(set) var underWay: [Transfer] = []
    /// Of the destination, or of the one that was replaced last; it says when copies start.
    private(set) var breaker: Breaker { didSet { unsafe uncounted = .passUnretained(breaker) } }
    /// The same for what is asked of each copy: to count references means to write where all workers do.
    private var uncounted: Unmanaged<Breaker>
    private var rules: Breaker.Rules
    /// Nothing starts before, whatever becomes of what is under way: on the monotonic clock, in seconds.
    private var heldUntil = -Double.infinity
    /// Transfers under way, with those of other workers.
    private let places: BoundedCount
    private let account: CopyAccount
    private let reporter: DeliveryReporter
    /// Called when a copy that was to be sent has come to its end.
    var copyEnded: () -> Void = {}

    init(
        _ destination: Destination, places: BoundedCount, account: CopyAccount, reporter: DeliveryReporter
    ) {
        (self.places, self.account, self.reporter) = (places, account, reporter)
        (breaker, rules) = (destination.breaker, Breaker.Rules(destination.settings))
        unsafe uncounted = .passUnretained(destination.breaker)
    }

    /// Goes by the breaker and the settings of `destination`, whose copies these are.
    func apply(_ destination: Destination) {
        (breaker, rules) = (destination.breaker, Breaker.Rules(destination.settings))
    }

    /// No copy waits or is under way.
    var isEmpty: Bool { queue.isEmpty && underWay.isEmpty }

    /// Takes a copy that was entered.
    func append(_ copy: MirrorRequest) { queue.append(copy) }

    /// Takes over all of `other`, whose destination was replaced.
    func takeOver(_ other: Outbox) {
        if queue.isEmpty {
            swap(&queue, &other.queue)
        } else {
            queue.append(contentsOf: other.queue)
            other.queue.removeAll()
        }
        places.take(anyway: other.underWay.count)
        other.places.giveBack(other.underWay.count)
        for transfer in other.underWay {
            transfer.handOver(to: self)
            add(transfer)
        }
        other.underWay.removeAll()
        (breaker, rules, heldUntil) = (other.breaker, other.rules, other.heldUntil)
    }

    // MARK: copies that wait

    /// No copy may be taken that came at `now` on the monotonic clock, in seconds.
    @inline(__always)
    func refuses(at now: Double) -> Bool {
        // A copy of before that still waits is as good for a try.
        unsafe uncounted._withUnsafeGuaranteedRef { breaker in
            breaker.refuses && (!queue.isEmpty || !breaker.admitsTry(at: now))
        }
    }

    /// Nothing may start before `time`, on the monotonic clock in seconds.
    func hold(until time: Double) { heldUntil = time }

    /// True when a copy waits for nothing but a place among the transfers.
    func mayStart(now: Double) -> Bool { !queue.isEmpty && (nextLook(now: now) ?? 0) <= 0 }

    /// Seconds until a copy may start, if the end of a transfer does not allow it sooner; nil when nothing but a place is missing.
    func nextLook(now: Double) -> Double? {
        guard !queue.isEmpty else { return nil }
        return now < heldUntil ? heldUntil - now : breaker.nextLook(at: now)
    }

    /// Starts the copy that has waited longest, unless none waits, or `bound` transfers are under way in all workers.
    func startFirst(on transport: any Transport, upTo bound: Int, now: Double) -> Bool {
        guard !queue.isEmpty, now >= heldUntil, places.take(upTo: bound) else { return false }
        var permit: Breaker.Permit?
        if unsafe !uncounted._withUnsafeGuaranteedRef({ $0.isFree }) {
            switch breaker.start(at: now, rules) {
            case .freely: break
            case .trying(let taken): permit = taken
            case .notNow:
                places.giveBack()
                return false
            }
        }
        let copy = queue.removeFirst()
        account.begin(copy, now)
        if let transfer = transport.start(copy, for: self, now: now) {
            transfer.permit = permit
            add(transfer)
        } else {
            let end = TransferEnd.neverBegan("no memory for a transfer")
            reporter.ended(copy, end, seconds: 0, now: now)
            close(copy, end.outcome, now)
        }
        return true
    }

    /// Drops copies that came before `time`, at most `most`; returns how many. All times are on the monotonic clock, in seconds.
    func drop(receivedBefore time: Double, _ reason: Refusal, upTo most: Int = .max) -> Int {
        guard !queue.isEmpty else { return 0 }
        let now = MonotonicClock.now
        var count = 0
        while count < most, let first = queue.first, first.header.receivedAt < time {
            account.drop(queue.removeFirst(), reason)
            reporter.dropped(first, reason, now: now)
            count += 1
        }
        return count
    }

    // MARK: copies under way

    private func add(_ transfer: Transfer) {
        transfer.slot = underWay.count
        underWay.append(transfer)
    }

    private func remove(_ transfer: Transfer) {
        let last = underWay.removeLast()
        guard last !== transfer else { return }
        underWay[transfer.slot] = last
        last.slot = transfer.slot
    }

    private func close(_ copy: MirrorRequest, _ outcome: Outcome, _ now: Double) {
        places.giveBack()
        account.close(copy, outcome, now)
        copyEnded()
    }

    /// Drops all there is, reason `shutdown`; returns how many.
    func abandon(_ transport: any Transport) -> Int {
        var count = drop(receivedBefore: .infinity, .shutdown)
        while abandonLast(on: transport, .shutdown) { count += 1 }
        return count
    }

    /// Drops the copy that is under way in the last slot; false when there is none. Its end is not reported.
    func abandonLast(on transport: any Transport, _ reason: Refusal) -> Bool {
        guard let transfer = underWay.popLast() else { return false }
        places.giveBack()
        guard let copy = transport.takeBack(transfer) else { return true }
        account.abandon(copy, reason)
        reporter.dropped(copy, reason, now: MonotonicClock.now)
        return true
    }
}

extension Outbox: TransferOwner {
    func wasResent(_ transfer: Transfer) { account.count(.resent) }

    func ended(_ transfer: Transfer, _ end: TransferEnd) {
        guard let copy = transfer.copy else { return }
        let now = MonotonicClock.now
        let seconds = now - transfer.startedAt
        account.note(end, seconds: seconds)
        if end.wasAmbiguous {
            account.count(.mirrorAmbiguous)
            reporter.connectionEnded("nobody can say what follows its answer")
        }
        reporter.ended(copy, end, seconds: seconds, now: now)
        remove(transfer)
        let (permit, startedAt, ending) = (
            transfer.permit.take(), transfer.startedAt, end.outcome.ending
        )
        close(copy, end.outcome, now)
        // Behind the counters, which a breaker may read.
        if unsafe uncounted._withUnsafeGuaranteedRef({ $0.wantsToKnow(ending, rules) }) {
            breaker.ended(ending, permit, startedAt: startedAt, now: now, rules)
        }
    }
}
