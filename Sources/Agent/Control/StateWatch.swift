internal import Logging
internal import Stats
internal import System

/// Watches the state of one destination, and logs its changes. On the main thread; workers notice nothing of it.
final class StateWatch {
    /// Seconds between two lines of the log, at least: a mirror that comes and goes cannot fill the disk.
    private static let logInterval = 10.0

    private let banks: [CopyBank]
    private let settings: SettingsController
    private let failures: [RecentFailures]
    private let logger: Logger
    private var timer: TimerWatcher?
    private var judge: StateJudge
    private var rules: StateRules
    private var breaker: Breaker
    private var breakerLog: BreakerLog
    /// What the breaker is of.
    private var destination: DestinationSettings
    /// The number of the destination's.
    private var mirror = 0
    /// What the last look has found, and since when it is so.
    private var current: (state: MirrorState, since: Double)
    /// What the log knows, and since when.
    private var logged: (state: MirrorState, time: Double)
    private var changesUnlogged = 0
    /// Called when another state has begun.
    var changed: () -> Void = {}
    /// The agent ends.
    var isStopping = false

    /// `banks` and `failures` are those of all workers.
    init(
        _ banks: [CopyBank], _ settings: SettingsController, breaker: Breaker, failures: [RecentFailures],
        loop: EventLoop, logger: Logger
    ) {
        (self.banks, self.settings, self.failures, self.logger) = (banks, settings, failures, logger)
        (self.breaker, breakerLog) = (breaker, BreakerLog(logger))
        destination = settings.settings.destination
        let now = MonotonicClock.now
        rules = settings.settings.destination.stateRules
        judge = StateJudge(CopyFigures(banks, mirror: mirror), at: now)
        current = (settings.settings.destination.isPaused ? .paused : .idle, now)
        logged = (current.state, -.infinity)
        timer = TimerWatcher(loop: loop) { [unowned self] in
            judge.look(at: figures, MonotonicClock.now, rules)
            logBreaker()
            look()
        }
        timer?.start(after: rules.interval, every: rules.interval)
    }

    private var figures: CopyFigures { CopyFigures(banks, mirror: mirror) }

    /// The state now.
    var report: StateReport { report(MonotonicClock.now) }

    private func report(_ now: Double) -> StateReport {
        // On a copy: what is asked in between changes nothing of what is seen regularly.
        var judge = judge
        judge.look(at: figures, now, rules)
        let destination = settings.settings.destination
        let breaker = breaker.snapshot
        let state = judge.state(
            isStopping: isStopping, isPaused: destination.isPaused,
            selectsNone: destination.sampleRate.thousandths == 0, breaker: breaker, rules)
        var since = state == current.state ? current.since : now
        if state == .unreachable, let first = judge.refusals?.first { since = first }
        let reason = StateReason(
            settings: destination, breaker: breaker, pausedUntil: settings.pausedUntil, failures: failures)
        return StateReport(
            state: state, age: max(0, now - since), reason: reason.text(state, judge),
            answerAge: judge.lastAnswer.map { max(0, now - $0) }, losses: judge.losses, breaker: breaker,
            breakerAge: max(0, now - breaker.since))
    }

    /// Logs what the breaker has done. Also to be called at the end, or that would be lost.
    func logBreaker() {
        let (changes, more) = breaker.takeChanges()
        breakerLog.note(
            changes, more: more, destination.url, destination.breaker, now: MonotonicClock.now)
    }

    /// To be called when settings have changed; `mirror` is the number of the destination's, and `breaker` its own.
    func settingsChanged(mirror: Int, _ breaker: Breaker) {
        // What the old one has done was about the old destination.
        logBreaker()
        destination = settings.settings.destination
        self.breaker = breaker
        if mirror != self.mirror {
            self.mirror = mirror
            judge.beginAfresh(at: MonotonicClock.now)
        }
        if destination.stateRules != rules {
            rules = destination.stateRules
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
            level: level(to: report.state), "state \(report.text) (was \(logged.state.rawValue)\(more))")
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
