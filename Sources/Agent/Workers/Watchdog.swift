internal import Glibc
internal import Logging
internal import System

/// Feeds the service manager's watchdog as long as the main loop and every worker's loop run (sd_watchdog_enabled(3)).
final class Watchdog {
    /// Looks per interval. A loop that was away for one of them is asked again in time, one that hangs is noticed.
    private static let looks = 4.0

    private let workers: [WorkerHandle]
    private let logger: Logger
    private let feed: () -> Void
    private var timer: TimerWatcher?
    private var missed = 0

    /// Seconds after which the manager takes this process for dead; nil when it does not watch it.
    static var interval: Double? {
        guard let text = Environment.value("WATCHDOG_USEC"), let microseconds = UInt64(text), microseconds > 0
        else { return nil }
        if let pid = Environment.value("WATCHDOG_PID"), pid_t(pid) != getpid() { return nil }
        return Double(microseconds) / 1e6
    }

    /// Starts at once; ends with its owner's last reference.
    init(
        loop: EventLoop, workers: [WorkerHandle], interval: Double, logger: Logger, feed: @escaping () -> Void
    ) {
        self.workers = workers
        self.logger = logger
        self.feed = feed
        timer = TimerWatcher(loop: loop) { [unowned self] in look() }
        timer?.start(after: 0, every: interval / Self.looks)
    }

    private func look() {
        let stuck = workers.indices.filter { workers[$0].heartbeat.isOwed }
        guard stuck.isEmpty else {
            missed += 1
            // One look may just have come too early.
            if missed == 2 {
                logger.error(
                    "worker \(stuck.map(String.init).joined(separator: ", ")) is not responding: withholding watchdog keep-alives"
                )
            }
            return
        }
        missed = 0
        feed()
        for worker in workers { worker.askForHeartbeat() }
    }
}
