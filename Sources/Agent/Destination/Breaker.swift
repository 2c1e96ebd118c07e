internal import Glibc
internal import Stats
internal import Synchronization
internal import System

/// Keeps copies from a mirror that takes none, over all workers: one for each mirror, and another one when an operator sets it.
///
/// While the mirror can be reached, workers ask for no more than one load. When a copy gets no connection, the others wait in the
/// queue and one at a time tries: a mirror that restarts gets what waited for it. When no connection has come about for longer than
/// copies may wait, the breaker opens, and requests are dropped before anything is done for them, but for one at a time that tries.
///
/// All that workers decide by is one word, which they change by compare-and-exchange: none waits for another, and one that is
/// stopped in the middle holds nothing up. All times are on the monotonic clock, in seconds.
final class Breaker: Sendable {
    /// Seconds between one failed try and the next, while copies wait in the queue, and while the breaker is open.
    static let interval = 0.01
    static let openInterval = 0.25
    /// Copies that have to get through before a half-open breaker closes.
    static let answersToClose = 3
    /// Seconds that a try keeps others back, unless the time for a connection is longer: a mirror that never answers must not keep
    /// the breaker open for an hour.
    static let longestTry = 10.0

    typealias Snapshot = BreakerSnapshot
    typealias State = BreakerSnapshot.State
    typealias Reason = BreakerSnapshot.Reason

    /// How a copy ended, as far as the breaker cares.
    enum Ending: Sendable, CaseIterable {
        case answered
        /// It got a connection and no answer.
        case failed
        /// It got no connection.
        case unreachable
    }

    /// What an operator has set, in the units of the word. Each call brings it along: it may change at any time.
    struct Rules: Sendable {
        let mode: BreakerMode
        let share: SampleRate
        /// How long no connection may come about, how long a try keeps others back, and the time that the share is taken over; in
        /// milliseconds.
        let patience: Int
        let lease: Int
        let window: Int
        /// A day: times have to fit into the word.
        private static let longestLease = 86_400_000

        init(_ settings: DestinationSettings) {
            (mode, share) = (settings.breaker.mode, settings.breaker.share)
            patience = settings.maxQueueAge.wholeMilliseconds
            let connecting = min(settings.connectTimeout.wholeMilliseconds, Rules.longestLease)
            lease = max(Int(Breaker.longestTry * 1000), connecting)
            window = settings.stateRules.window.wholeMilliseconds
        }
    }

    /// What `share` is a share of, with the answers. Those without a connection are not among them: a mirror that restarts is not to
    /// lose what waits for it.
    private static let failures: [Counter] = [.failedTimeout, .failedReset, .failedOther]

    private let word: Atomic<UInt64>
    /// When the first try began that failed since the last connection, in milliseconds; meaningless when that is later. Negative
    /// at the start.
    private let outage = Atomic<Int>(-1)
    private let begunAt: Int
    private let changedAt: Atomic<Int>
    private let changedAtWall: Atomic<Int>
    /// When the failures of the window are counted next, in milliseconds.
    private let nextCount = Atomic<Int>(0)
    private let window = Mutex(FailureWindow())
    private let changes = Mutex(Changes())
    private let banks: [CopyBank]
    private let mirror: Int

    /// `banks` are those of all workers, `mirror` the number that they know this mirror by.
    init(_ banks: [CopyBank], mirror: Int, now: Double = MonotonicClock.now) {
        (self.banks, self.mirror) = (banks, mirror)
        begunAt = Self.milliseconds(now)
        word = Atomic(Position().rawValue)
        changedAt = Atomic(begunAt)
        changedAtWall = Atomic(time(nil))
    }

    @inline(__always)
    private static func milliseconds(_ time: Double) -> Int { Int(max(0, time) * 1000) }

    // Inlined, because a reference that is held for a call is counted: in memory that all workers write.
    @inline(__always)
    private var current: Position { Position(rawValue: word.load(ordering: .relaxed)) }

    // MARK: may a copy be taken, or sent?

    /// All copies are taken and sent.
    @inline(__always)
    var isFree: Bool { current.phase == .free }

    /// Requests are dropped, but for those that `admitsTry`.
    @inline(__always)
    var refuses: Bool { current.phase.refuses }

    /// Whether a request may be taken, to try, though others are refused.
    @inline(__always)
    func admitsTry(at now: Double) -> Bool { current.time <= Self.milliseconds(now) }

    /// What a copy that could be sent may do.
    enum Start {
        case freely
        /// All others are kept back until it ends, or lets the permit go.
        case trying(Permit)
        case notNow
    }

    /// A copy is to be sent.
    func start(at now: Double, _ rules: Rules) -> Start {
        guard !isFree else { return .freely }
        let now = Self.milliseconds(now)
        guard let change = update({ $0.takeTry(now, lease: rules.lease) }) else {
            return isFree ? .freely : .notNow
        }
        return .trying(Permit(self, number: change.new.tryNumber))
    }

    /// Seconds until a copy that waits should look again; nil when it need not wait. While another one tries, that is a look now and
    /// then: its worker may be another.
    func nextLook(at now: Double) -> Double? {
        let word = current
        guard word.phase != .free else { return nil }
        let left = Double(word.time) / 1000 - now
        let look = word.phase == .open ? Self.openInterval : Self.interval
        return max(0, word.isTrying ? min(left, look) : left)
    }

    // MARK: what became of it

    /// False when nothing is to be learned from a copy that ended so: most do while all is well.
    @inline(__always)
    func wantsToKnow(_ ending: Ending, _ rules: Rules) -> Bool {
        !isFree || ending == .unreachable || rules.mode == .failures
    }

    /// A copy is over that was started at `startedAt`. Any thread that counts in the banks, which know of it already.
    func ended(_ ending: Ending, _ permit: Permit?, startedAt: Double, now: Double, _ rules: Rules) {
        guard wantsToKnow(ending, rules) else { return }
        let number = permit?.use(of: self)
        let time = Self.milliseconds(now)
        let isOutage =
            ending == .unreachable && rules.mode != .off
            && time - outageBegan(Self.milliseconds(startedAt)) >= rules.patience
        let news = Position.News(
            ending: ending, number: number, isOutage: isOutage, mode: rules.mode, time: time)
        if let change = update({ $0.note(news) }) { note(change, time) }
        if rules.mode == .failures { countFailures(time, rules) }
    }

    /// When the time began in which no connection has come about. It failed to one that was tried at `startedAt`.
    private func outageBegan(_ startedAt: Int) -> Int {
        let connected = banks.reduce(begunAt) { max($0, $1.lastConnected) }
        let known = outage.load(ordering: .relaxed)
        // What is known may be of an outage before the last connection.
        guard known < connected else { return known }
        let began = max(startedAt, connected)
        let (isExchanged, original) = outage.compareExchange(
            expected: known, desired: began, ordering: .relaxed)
        return isExchanged ? began : original
    }

    /// Opens when too many of the last copies have failed. Looks at the counters now and then, and not for each copy.
    private func countFailures(_ now: Int, _ rules: Rules) {
        let next = nextCount.load(ordering: .relaxed)
        guard now >= next, !refuses else { return }
        let step = max(1, rules.window / FailureWindow.steps)
        guard nextCount.compareExchange(expected: next, desired: now + step, ordering: .relaxed).exchanged
        else { return }
        let figures = CopyFigures(banks, mirror: mirror)
        let sample = FailureWindow.Sample(
            time: now, answered: figures.answered, failed: Self.failures.reduce(0) { $0 &+ figures[$1] })
        let closedAt = changedAt.load(ordering: .relaxed)
        let isOver = window.withLock {
            $0.take(sample, window: rules.window, since: closedAt)
            return $0.isOver(rules.share)
        }
        guard isOver, let change = update({ $0.open(.failures, now) }) else { return }
        note(change, now)
    }

    /// The permit of this number is let go, and nobody knows what became of the try.
    fileprivate func giveBack(_ number: UInt64) { update { $0.giveBack(number) } }

    @discardableResult
    private func update(_ change: (inout Position) -> Bool) -> (old: Position, new: Position)? {
        var old = current
        while true {
            var new = old
            guard change(&new) else { return nil }
            let (isExchanged, original) = word.weakCompareExchange(
                expected: old.rawValue, desired: new.rawValue, ordering: .acquiringAndReleasing)
            if isExchanged { return (old, new) }
            old = Position(rawValue: original)
        }
    }

    // MARK: what is shown

    var snapshot: Snapshot { snapshot(of: current) }

    private func snapshot(of word: Position) -> Snapshot {
        Snapshot(
            state: word.phase.shown, reason: word.phase.refuses ? word.reason : nil,
            since: Double(changedAt.load(ordering: .relaxed)) / 1000,
            changedAt: changedAtWall.load(ordering: .relaxed))
    }

    private func note(_ change: (old: Position, new: Position), _ now: Int) {
        guard change.old.phase.shown != change.new.phase.shown else { return }
        changedAt.store(now, ordering: .relaxed)
        changedAtWall.store(time(nil), ordering: .relaxed)
        let shown = snapshot(of: change.new)
        changes.withLock { $0.add(shown) }
    }

    /// The changes that nobody has taken yet, the oldest first, and how many more there were before them. Any thread.
    func takeChanges() -> (changes: [Snapshot], more: Int) { changes.withLock { $0.takeAll() } }

    /// Changes that wait for the log.
    private struct Changes {
        private static let most = 16
        private var kept: [Snapshot] = []
        private var more = 0

        mutating func add(_ change: Snapshot) {
            kept.append(change)
            guard kept.count > Self.most else { return }
            kept.removeFirst()
            more += 1
        }

        mutating func takeAll() -> (changes: [Snapshot], more: Int) {
            defer { (kept, more) = ([], 0) }
            return (kept, more)
        }
    }

    /// The right to try, while all others are kept back. It comes back with its last reference, whatever becomes of who has it.
    final class Permit {
        private let breaker: Breaker
        private let number: UInt64
        private var isUsed = false

        fileprivate init(_ breaker: Breaker, number: UInt64) {
            (self.breaker, self.number) = (breaker, number)
        }

        deinit { if !isUsed { breaker.giveBack(number) } }

        /// Its number, if it is of `breaker`, which learns what came of the try.
        fileprivate func use(of breaker: Breaker) -> UInt64? {
            guard breaker === self.breaker, !isUsed else { return nil }
            isUsed = true
            return number
        }
    }
}
