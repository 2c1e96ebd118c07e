internal import Logging
internal import Stats
internal import System

/// Logs a summary after each monitor interval, ends the intervals of rates, and returns freed memory. On the main thread.
final class Monitor {
    /// Bytes of copies held at once that make giving memory back worth it.
    private static let burst: UInt64 = 1 << 20
    /// Seconds over which rates are taken, at most.
    private static let rateInterval = 5.0

    private let statistics: Statistics
    private let settings: SettingsController
    private let loop: EventLoop
    private let logger: Logger
    private var timer: TimerWatcher?
    private var rates: TimerWatcher?
    private var lastSummary = ""
    private var drops = DropNotice()
    /// Bytes of copies seen at once since memory was last given back.
    private var mostHeld: UInt64 = 0

    init(_ statistics: Statistics, _ settings: SettingsController, loop: EventLoop, logger: Logger) {
        self.statistics = statistics
        self.settings = settings
        self.loop = loop
        self.logger = logger
    }

    /// Starts the timers. `interval` is in seconds; `ended` is called after each.
    func start(interval: Double, ended: @escaping (Snapshot) -> Void) {
        timer = TimerWatcher(loop: loop) { [unowned self, statistics] in
            let snapshot = statistics.total
            statistics.tickDurations()
            sumUp(snapshot, isLast: false)
            ended(snapshot)
            trimAfterBurst(snapshot)
        }
        timer?.start(after: interval, every: interval)
        let rateInterval = min(interval, Self.rateInterval)
        rates = TimerWatcher(loop: loop) { [statistics] in statistics.tickRates() }
        rates?.start(after: rateInterval, every: rateInterval)
    }

    /// Logs a summary; an agent at rest says nothing, except at its end.
    func sumUp(_ snapshot: Snapshot, isLast: Bool) {
        let summary = snapshot.summary
        if isLast || summary != lastSummary {
            lastSummary = summary
            logger.info("summary \(summary)")
        }
        if let drops = drops.news(in: snapshot) { logger.warning("\(drops)") }
        if let hint = settings.settings.bodyWatch.takeHint() { logger.warning("\(hint)") }
    }

    /// Once all copies of a burst are gone, and not while there are any: trimming holds up malloc for some milliseconds.
    private func trimAfterBurst(_ snapshot: Snapshot) {
        let held = snapshot[.queuedBytes]
        mostHeld = max(mostHeld, held)
        guard held == 0, mostHeld >= Self.burst else { return }
        mostHeld = 0
        Footprint.releaseFreedMemory()
    }
}
