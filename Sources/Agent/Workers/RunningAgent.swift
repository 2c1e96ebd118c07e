internal import AdminSocket
internal import Stats
internal import System

/// What can be asked and steered while the agent runs: what admin sockets and the metrics address work with, on the main thread.
final class RunningAgent {
    let configuration: Configuration
    let loop: EventLoop
    let settings: SettingsController
    let statistics: Statistics
    /// Where copies go, and how that goes.
    let states: StateWatches
    /// The main thread's own counters.
    let counters: CounterBank
    let workers: [WorkerHandle]
    /// Logs the changes that operators make.
    let changes: ChangeLog
    /// What tries destinations for operators.
    let prober: Prober
    /// On the monotonic clock, in seconds.
    let startedAt = MonotonicClock.now
    /// That of the destination that is always there.
    var state: StateWatch { states.standard }
    var isStopping: Bool { states.isStopping }

    init(
        configuration: Configuration, loop: EventLoop, settings: SettingsController, statistics: Statistics,
        states: StateWatches, counters: CounterBank, workers: [WorkerHandle], changes: ChangeLog
    ) {
        self.configuration = configuration
        self.loop = loop
        self.settings = settings
        self.statistics = statistics
        self.states = states
        self.counters = counters
        self.workers = workers
        self.changes = changes
        prober = Prober(loop: loop)
    }

    /// All metrics, for Prometheus.
    var metrics: String {
        let (total, report) = (statistics.total, state.report)
        return MetricsReport.text(
            total, version: Version.number, libcurl: Version.libcurlNumber, libev: Version.libev,
            state: report.state, breaker: report.breaker, isEnabled: !settings.settings.destination.isPaused,
            sampleRatio: Double(settings.settings.destination.sampleRate.thousandths) / 100_000,
            lastChange: settings.lastChange, queueLimit: settings.settings.destination.maxQueue,
            destinations: states.all.map { Self.figures(of: $0, total) })
    }

    private static func figures(of watch: StateWatch, _ total: Snapshot) -> MetricsReport.Destination {
        let (destination, settings) = (watch.destination, watch.destination.settings)
        let report = watch.report
        return MetricsReport.Destination(
            name: destination.name.text, total.of(destination), state: report.state,
            breaker: report.breaker, isEnabled: !settings.isPaused,
            sampleRatio: Double(settings.sampleRate.thousandths) / 100_000, queueLimit: settings.maxQueue)
    }
}
