internal import AdminSocket
internal import Logging
internal import Stats
internal import System

/// Watches the state of one destination, and logs its changes. On the main thread; workers notice nothing of it.
final class StateWatch {
    /// Seconds between two lines of the log, at least: a mirror that comes and goes cannot fill the disk.
    private static let logInterval = 10.0

    /// As it is in force.
    private(set) var destination: Destination
    private let pausedUntil: () -> Int?
    private let failures: [RecentFailures]
    private let logger: Logger
    private var timer: TimerWatcher?
    private var judge: StateJudge
    private var rules: StateRules
    private var breakerLog: BreakerLog
    /// What the last look has found, and since when it is so.
    private var current: (state: MirrorState, since: Double)
    /// What the log knows, and since when.
    private var logged: (state: MirrorState, time: Double)
    private var changesUnlogged = 0
    /// Called when another state has begun.
    var changed: () -> Void = {}
    /// The agent ends.
    var isStopping = false

    /// `pausedUntil` tells when its pause ends, in seconds since 1970; `failures` are those of all workers.
    init(
        _ destination: Destination, pausedUntil: @escaping () -> Int?, failures: [RecentFailures],
        loop: EventLoop, logger: Logger
    ) {
        (self.destination, self.pausedUntil) = (destination, pausedUntil)
        (self.failures, self.logger, breakerLog) = (failures, logger, BreakerLog(logger))
        let now = MonotonicClock.now
        rules = destination.settings.stateRules
        judge = StateJudge(CopyFigures(destination.books.banks, mirror: destination.mirror), at: now)
        current = (destination.settings.isPaused ? .paused : .idle, now)
        logged = (current.state, -.infinity)
        timer = TimerWatcher(loop: loop) { [unowned self] in
            judge.look(at: figures, MonotonicClock.now, rules)
            logBreaker()
            look()
        }
        timer?.start(after: rules.interval, every: rules.interval)
    }

    private var figures: CopyFigures { CopyFigures(destination.books.banks, mirror: destination.mirror) }

    /// The state now.
    var report: StateReport { report(MonotonicClock.now) }

    private func report(_ now: Double) -> StateReport {
        // On a copy: what is asked in between changes nothing of what is seen regularly.
        var judge = judge
        judge.look(at: figures, now, rules)
        let settings = destination.settings
        let breaker = destination.breaker.snapshot
        let state = judge.state(
            isStopping: isStopping, isPaused: settings.isPaused,
            selectsNone: settings.sampleRate.thousandths == 0, breaker: breaker, rules)
        var since = state == current.state ? current.since : now
        if state == .unreachable, let first = judge.refusals?.first { since = first }
        let reason = StateReason(
            settings: settings, breaker: breaker, pausedUntil: pausedUntil(), failures: failures)
        return StateReport(
            state: state, age: max(0, now - since), reason: reason.text(state, judge),
            answerAge: judge.lastAnswer.map { max(0, now - $0) }, losses: judge.losses, breaker: breaker,
            breakerAge: max(0, now - breaker.since))
    }

    /// Logs what the breaker has done. Also to be called at the end, or that would be lost.
    func logBreaker() {
        let (changes, more) = destination.breaker.takeChanges()
        breakerLog.note(
            changes, more: more, destination.settings.url, destination.settings.breaker,
            now: MonotonicClock.now)
    }

    /// To be called when settings have changed; `destination` has the same books as before.
    func settingsChanged(_ destination: Destination) {
        // What the old one has done was about the old mirror.
        logBreaker()
        let isSame = destination.mirror == self.destination.mirror
        self.destination = destination
        if !isSame { judge.beginAfresh(at: MonotonicClock.now) }
        if destination.settings.stateRules != rules {
            rules = destination.settings.stateRules
            timer?.start(after: rules.interval, every: rules.interval)
        }
        look()
    }

    private func look() {
        let now = MonotonicClock.now
        let report = report(now)
        if report.state != current.state {
            current = (report.state, now)
            changesUnlogged += 1
            changed()
        }
        guard changesUnlogged > 0, now >= logged.time + Self.logInterval else { return }
        log(report, now)
    }

    private func log(_ report: StateReport, _ now: Double) {
        defer { (logged, changesUnlogged) = ((report.state, now), 0) }
        guard report.state != logged.state || changesUnlogged > 1, report.state != .stopping else { return }
        let more = changesUnlogged > 1 ? "; \(changesUnlogged) changes since the last line" : ""
        logger.log(
            level: level(to: report.state),
            "\(destination.name == .standard ? "" : "destination \(destination.name): ")state \(report.text) (was \(logged.state.rawValue)\(more))"
        )
    }

    private func level(to state: MirrorState) -> Logger.Level {
        switch state {
        case .unreachable, .degraded: .warning
        // A site at night is no news.
        case .idle, .mirroring: logged.state == .idle || logged.state == .mirroring ? .debug : .notice
        case .paused, .stopping: .notice
        }
    }
}
