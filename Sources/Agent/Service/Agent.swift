internal import AdminSocket
internal import Glibc
internal import Logging
internal import Stats
internal import System

/// The running daemon: everything that is started, in order, and stopped in reverse.
final class Agent {
    private let log: LogFile
    private let logWriter: LogWriter
    private let logger: Logger
    private let requests: RequestLog
    private let serviceManager: ServiceManager?
    private let signals: Signals
    private let pidFile: PIDFile?
    private let bank = ThreadBank()
    private let workers: WorkerPool
    private let running: RunningAgent
    private let monitor: Monitor
    private var listener: Listener?
    /// Those for operators and for metrics.
    private var controlServers: [Server] = []
    private var runtime: TimerWatcher?

    /// Starts in order; what it throws is one line for the operator. When it returns, connections are accepted.
    init(_ options: Configuration) throws {
        try DescriptorLimit.require(DescriptorLimit.needed(options), for: "-n \(options.workers)")
        try MemoryLimit.require(forWorkers: options.workers)
        let rights = try Rights(options.identity)
        log = try rights.open { owner in
            try LogFile(options.logFile, usesSyslog: options.usesSyslog, for: owner)
        }
        let loggers = Loggers(log)
        let logger = loggers.events
        self.logger = logger
        requests = loggers.requests
        serviceManager = ServiceManager(logger: logger)
        let loop = try EventLoop(backend: options.backend)
        let changes = ChangeLog(loop: loop, logger: loggers.changes)
        let settings = SettingsController(options, loop: loop) {
            // In the order of what happened.
            changes.sumUp()
            logger.notice("\($0)")
        }
        _ = try rights.open { _ in try settings.load() }
        settings.file?.startWriter(loop: loop)
        var configuration = options
        configuration.settings = settings.settings
        logWriter = LogWriter(log, loop: loop)
        log.level = configuration.settings.logLevel
        // Before anybody can see that the agent is there, and stop it.
        signals = Signals(loop: loop)
        let interval = configuration.monitorInterval.inSeconds
        let errors = RepeatedErrors(loop: loop, interval: interval, logger: logger)
        let server = try rights.open { _ in
            try Server(configuration.address, backlog: configuration.backlog, loop: loop, errors: errors)
        }
        pidFile = try configuration.pidFile.map { path in try rights.open { _ in try PIDFile(path) } }
        // libcurl would write the keys of its connections there, and with them what clients sent.
        unsafe unsetenv("SSLKEYLOGFILE")
        Transports.setUp()
        try TrustStore.checkLibrary()
        workers = try WorkerPool(configuration, loggers: loggers)
        let statistics = Statistics(workers.banks + [bank], loop: loop)
        let failures = workers.failures
        let states = StateWatches(workers.destinations) { destination in
            StateWatch(
                destination, pausedUntil: { settings.pausedUntil(of: destination.name) }, failures: failures,
                loop: loop,
                logger: logger)
        }
        running = RunningAgent(
            configuration: configuration, loop: loop, settings: settings, statistics: statistics,
            states: states, counters: bank.counters, workers: workers.workers, changes: changes)
        monitor = Monitor(statistics, settings, loop: loop, logger: logger)
        settings.publish = { [unowned self] in putIntoForce($0) }
        try startControl(rights)
        try rights.drop()
        CoreDumps.allow(configuration.allowsCore)
        try workers.start(loop: loop) { loop.stop() }
        // With the threads there: their stacks count.
        let shortage = MemoryLimit.narrowest().flatMap { settings.bound(queueBytesBy: $0) }
        listener = Listener(
            server, workers: workers.workers, maxConnections: configuration.settings.maxConnections,
            counters: bank.counters, errors: errors)
        startTimers(interval)
        announce()
        if let shortage { logger.warning("\(shortage)") }
        serviceManager?.ready(loop: loop, workers: workers.workers, logger: logger) { [unowned self] in
            shownState
        }
        states.standard.changed = { [serviceManager] in serviceManager?.stateChanged() }
        serviceManager?.tick(statistics.total)
    }

    /// Serves until a signal or `--runtime` ends it.
    func run() {
        Footprint.releaseStartUpCode()
        running.loop.run()
        let abandoned = workers.join()
        if abandoned > 0 {
            logger.warning(
                "\(abandoned) copies were waiting or under way at the end: dropped, reason shutdown")
        }
        monitor.sumUp(Snapshot(workers.banks + [bank]), isLast: true)
        for watch in running.states.all { watch.logBreaker() }
        running.changes.sumUp()
        requests.sumUp()
        running.settings.file?.writer?.finish()
        logger.info("stopped")
        log.flush()
        controlServers.removeAll()
    }

    // MARK: start

    private func startControl(_ rights: borrowing Rights) throws {
        let (configuration, loop) = (running.configuration, running.loop)
        let errors = RepeatedErrors(
            loop: loop, interval: configuration.monitorInterval.inSeconds, logger: logger)
        controlServers = try configuration.adminSockets.map { option in
            try rights.open { _ in try .admin(option, loop: loop, errors: errors, agent: running) }
        }
        guard let address = configuration.metricsAddress else { return }
        controlServers.append(
            try rights.open { _ in try .metrics(address, loop: loop, errors: errors, agent: running) })
    }

    private func startTimers(_ interval: Double) {
        signals.stop = { [unowned self] in stop() }
        signals.reload = { [unowned self] in reload() }
        monitor.start(interval: interval) { [unowned self] in
            requests.sumUp()
            logWriter.write()
            serviceManager?.tick($0)
        }
        guard running.configuration.runtime > .zero else { return }
        runtime = TimerWatcher(loop: running.loop) { [unowned self] in stop() }
        runtime?.start(after: running.configuration.runtime.inSeconds)
    }

    private func announce() {
        let (configuration, settings) = (running.configuration, running.settings)
        logger.info(
            """
            spoa-mirror \(Version.number) listens on \(configuration.address), mirrors to \
            \(configuration.settings.destination.url.text), workers \(configuration.workers), backend \(running.loop.backendName)
            """)
        if !settings.restored.isEmpty, let file = configuration.stateFile {
            let names = settings.restored.joined(separator: ", ")
            logger.notice("state file \(file) overrides the command line: \(names)")
        }
        if configuration.daemonize, serviceManager != nil {
            logger.info("ignoring -D: started by a service manager")
        }
        for warning in StartUpWarnings.about(configuration, urlOrigin: settings.origins[.url] ?? .default) {
            logger.warning("\(warning)")
        }
    }

    // MARK: while it runs

    private func putIntoForce(_ settings: Settings) {
        log.level = settings.logLevel
        workers.apply(settings)
        listener?.maxConnections = settings.maxConnections
        running.states.settingsChanged(workers.destinations)
        serviceManager?.stateChanged()
    }

    /// What the service manager shows.
    private var shownState: String {
        let (report, url) = (running.state.report, running.settings.settings.destination.url.text)
        return switch report.state {
        case .mirroring: "mirroring to \(url)"
        case .idle, .degraded, .unreachable: "\(report.text); mirrors to \(url)"
        case .paused, .stopping: report.text
        }
    }

    private func reload() {
        let reload = Reload(log: log, settings: running.settings, logger: logger)
        if let serviceManager { serviceManager.reloading { reload() } } else { reload() }
    }

    // MARK: stop

    /// The first call stops in order; a second one, from an operator in a hurry, gives up the copies that are left.
    private func stop() {
        let drainTimeout = running.isStopping ? 0 : running.configuration.drainTimeout.inSeconds
        if !running.isStopping {
            running.states.isStopping = true
            logger.info("stopping")
            serviceManager?.stopping(drainTimeout: drainTimeout)
            listener = nil
            running.prober.stop()
        }
        workers.stop(drainTimeout: drainTimeout)
    }
}
