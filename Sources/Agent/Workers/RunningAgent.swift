internal import Stats
internal import System

/// What can be asked and steered while the agent runs: what admin sockets and the metrics address work with, on the main thread.
final class RunningAgent {
    let configuration: Configuration
    let loop: EventLoop
    let settings: SettingsController
    let statistics: Statistics
    let state: StateWatch
    /// The main thread's own counters.
    let counters: CounterBank
    let workers: [WorkerHandle]
    /// Logs the changes that operators make.
    let changes: ChangeLog
    /// What tries destinations for operators.
    let prober: Prober
    /// On the monotonic clock, in seconds.
    let startedAt = MonotonicClock.now
    var isStopping: Bool { state.isStopping }

    init(
        configuration: Configuration, loop: EventLoop, settings: SettingsController, statistics: Statistics,
        state: StateWatch, counters: CounterBank, workers: [WorkerHandle], changes: ChangeLog
    ) {
        self.configuration = configuration
        self.loop = loop
        self.settings = settings
        self.statistics = statistics
        self.state = state
        self.counters = counters
        self.workers = workers
        self.changes = changes
        prober = Prober(loop: loop)
    }

    /// All metrics, for Prometheus.
    var metrics: String {
        let report = state.report
        return MetricsReport.text(
            statistics.total, version: Version.number, libcurl: Version.libcurlNumber, libev: Version.libev,
            state: report.state, breaker: report.breaker, isEnabled: !settings.settings.destination.isPaused,
            sampleRatio: Double(settings.settings.destination.sampleRate.thousandths) / 100_000,
            lastChange: settings.lastChange, queueLimit: settings.settings.destination.maxQueue)
    }
}
