internal import AdminSocket
internal import Glibc
internal import Logging
internal import Stats
internal import System

/// The running daemon: everything that is started, in order, and stopped in reverse.
final class Agent {
    /// Bytes of copies held at once that make giving memory back worth it.
    private static let burst: UInt64 = 1 << 20

    /// Seconds over which rates are taken, at most.
    private static let rateInterval = 5.0

    /// Seconds until a log that could not take all its lines is tried again.
    private static let logRetryInterval = 0.1

    private let configuration: Configuration
    private let log: LogFile
    private let loggers: Loggers
    private var logger: Logger { loggers.events }
    private let serviceManager: ServiceManager?
    private let loop: EventLoop
    private let bank = ThreadBank()
    private let workerEnds = Mailbox<Void>.Sender()
    private var mailbox: Mailbox<Void>?
    private let logWakes = Mailbox<Void>.Sender()
    private var logMailbox: Mailbox<Void>?
    private var logRetry: TimerWatcher?
    private var pidFile: PIDFile?
    /// When HAProxy connects to a UNIX socket.
    private var listenFile: SocketFile?
    private var workers: [WorkerHandle] = []
    private var destination: Destination
    private var listener: Listener?
    private let changes: ChangeLog
    private let settings: SettingsController
    private var admin: RunningAgent?
    private var adminListeners: [AdminListener] = []
    private var metricsListener: MetricsListener?
    private var signals: [SignalWatcher] = []
    private var monitor: TimerWatcher?
    private var rates: TimerWatcher?
    private var runtime: TimerWatcher?
    private var lastSummary = ""
    private var drops = DropNotice()
    /// Bytes of copies seen at once since memory was last given back.
    private var mostHeld: UInt64 = 0
    private var workersRunning = 0
    private var isStopping = false

    /// Starts in order; what it throws is one line for the operator. When it returns, connections are accepted.
    init(_ options: Configuration) throws {
        try DescriptorLimit.require(DescriptorLimit.needed(options), for: "-n \(options.workers)")
        try MemoryLimit.require(forWorkers: options.workers)
        let rights = try Rights(options.identity)
        log = try rights.open { owner in
            try LogFile(options.logFile, usesSyslog: options.usesSyslog, for: owner)
        }
        loggers = Loggers(log)
        let logger = loggers.events
        serviceManager = ServiceManager(logger: logger)
        loop = try EventLoop(backend: options.backend)
        let changes = ChangeLog(loop: loop, logger: loggers.changes)
        self.changes = changes
        settings = try SettingsController(options, loop: loop) {
            // In the order of what happened.
            changes.sumUp()
            logger.notice("the pause is over: mirroring resumed")
        }
        let file = options.stateFile.map { StateFile(path: $0) }
        let restored = try rights.open { [settings] _ in try file?.load(into: settings) ?? 0 }
        configuration = options.with(settings.settings)
        destination = Destination(settings.settings.destination.url, workers: options.workers)
        startLog()
        // Before anybody can see that the agent is there, and stop it: the signal waits until the loop runs.
        watchSignals()
        let sockets = try rights.open { [configuration] _ in
            try ListeningSocket.open(configuration.address, backlog: configuration.backlog)
        }
        if case .unix(let socket) = configuration.address { listenFile = SocketFile(bound: socket.path) }
        if let path = configuration.pidFile { pidFile = try rights.open { _ in try PIDFile(path) } }
        // libcurl would write the keys of its connections there, and with them what clients sent.
        unsafe unsetenv("SSLKEYLOGFILE")
        CurlTransport.setUp()
        try TrustStore.checkLibrary()
        let statistics = try makeWorkers()
        try startControl(statistics, rights)
        try rights.drop()
        CoreDumps.allow(configuration.allowsCore)
        try startWorkers()
        // With the threads there: their stacks count.
        let shortage = MemoryLimit.narrowest().flatMap { settings.bound(queueBytesBy: $0) }
        startListener(sockets)
        startTimers(statistics)
        announce(restored)
        if let shortage { logger.warning("\(shortage)") }
        serviceManager?.ready(loop: loop, workers: workers, logger: logger) { [unowned self] in state }
        serviceManager?.tick(statistics.total)
    }

    /// Serves until a signal or `--runtime` ends it.
    func run() {
        Footprint.releaseStartUpCode()
        loop.run()
        let abandoned = workers.reduce(0) { $0 + $1.join() }
        if abandoned > 0 {
            logger.warning(
                "\(abandoned) copies were waiting or under way at the end: dropped, reason shutdown")
        }
        logSummary(Snapshot(workers.map(\.bank) + [bank]), isLast: true)
        changes.sumUp()
        logger.info("stopped")
        log.flush()
        adminListeners.removeAll()
        metricsListener = nil
    }

    // MARK: start

    private func startLog() {
        logMailbox = Mailbox(loop: loop, sender: logWakes) { [unowned self] in writeLog() }
        logRetry = TimerWatcher(loop: loop) { [unowned self] in writeLog() }
        let logWakes = logWakes
        log.writeWhenAsked { logWakes.send(()) }
        log.level = configuration.settings.logLevel
    }

    /// Returns the counters of all.
    private func makeWorkers() throws -> Statistics {
        let memory = MemoryBudget()
        let unknownMessages = UnknownMessages(expected: configuration.messageName, logger: logger)
        let instance = Int64.random(in: RequestIDs.instances)
        for index in 0..<configuration.workers {
            workers.append(
                try WorkerHandle(
                    index: index, ids: RequestIDs(instance: instance, worker: index),
                    configuration: configuration, destination: destination, memory: memory,
                    unknownMessages: unknownMessages,
                    loggers: loggers))
        }
        return Statistics(workers.map(\.bank) + [bank], loop: loop)
    }

    /// Their threads, or none.
    private func startWorkers() throws {
        mailbox = Mailbox(loop: loop, sender: workerEnds) { [unowned self] in
            workersRunning -= 1
            if workersRunning == 0 { loop.stop() }
        }
        let workerEnds = workerEnds
        do {
            for worker in workers {
                try worker.start(ended: { workerEnds.send(()) })
                workersRunning += 1
            }
        } catch {
            for worker in workers {
                worker.stop(drainTimeout: 0)
                _ = worker.join()
            }
            throw error
        }
    }

    private func startListener(_ sockets: [Int32]) {
        let errors = RepeatedErrors(
            loop: loop, interval: configuration.monitorInterval.inSeconds, logger: logger)
        listener = Listener(
            sockets: sockets, loop: loop, workers: workers,
            maxConnections: configuration.settings.maxConnections,
            counters: bank.counters, errors: errors)
    }

    private func startControl(_ statistics: Statistics, _ rights: borrowing Rights) throws {
        settings.publish = { [unowned self] in putIntoForce($0) }
        let context = RunningAgent(
            configuration: configuration, loop: loop, settings: settings, statistics: statistics,
            counters: bank.counters, workers: workers, changes: changes)
        admin = context
        let errors = RepeatedErrors(
            loop: loop, interval: configuration.monitorInterval.inSeconds, logger: logger)
        for option in configuration.adminSockets {
            adminListeners.append(
                try rights.open { _ in
                    try AdminListener(option, loop: loop, errors: errors, agent: context)
                })
        }
        if let address = configuration.metricsAddress {
            metricsListener = try rights.open { _ in
                try MetricsListener(address, loop: loop, errors: errors, agent: context)
            }
        }
    }

    private func watchSignals() {
        // A write to a closed connection must be an error code, also inside libcurl and its TLS library.
        signal(SIGPIPE, SIG_IGN)
        // HAProxy's and other daemons' neighbours mean something by these; here they would be the end without a drain.
        signal(SIGUSR1, SIG_IGN)
        signal(SIGUSR2, SIG_IGN)
        // Until a worker has its own use for it.
        signal(SIGVTALRM, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signals.append(SignalWatcher(loop: loop, signal: number) { [unowned self] in stop() })
        }
        signals.append(SignalWatcher(loop: loop, signal: SIGHUP) { [unowned self] in reload() })
    }

    private func startTimers(_ statistics: Statistics) {
        let interval = configuration.monitorInterval.inSeconds
        monitor = TimerWatcher(loop: loop) { [unowned self] in
            let snapshot = statistics.total
            statistics.tickDurations()
            logSummary(snapshot, isLast: false)
            serviceManager?.tick(snapshot)
            trimAfterBurst(snapshot)
        }
        monitor?.start(after: interval, every: interval)
        let rateInterval = min(interval, Self.rateInterval)
        rates = TimerWatcher(loop: loop) { statistics.tickRates() }
        rates?.start(after: rateInterval, every: rateInterval)
        guard configuration.runtime > .zero else { return }
        runtime = TimerWatcher(loop: loop) { [unowned self] in stop() }
        runtime?.start(after: configuration.runtime.inSeconds)
    }

    private func announce(_ restored: Int) {
        logger.info(
            """
            spoa-mirror \(Version.number) listens on \(configuration.address), mirrors to \
            \(configuration.settings.destination.url.text), workers \(workers.count), backend \(loop.backendName)
            """)
        if restored > 0, let file = configuration.stateFile {
            let names = settings.restored.joined(separator: ", ")
            logger.notice("from state file \(file), before those of the command line: \(names)")
        }
        if configuration.daemonize, serviceManager != nil {
            logger.info("-D is not followed: the service manager keeps the agent in the background")
        }
        for warning in [StartUpWarnings.aboutRoot(configuration.identity), LostRights.warning(configuration)]
        {
            if let warning { logger.warning("\(warning)") }
        }
        for warning in StartUpWarnings.about(
            configuration.settings, workers: workers.count, urlOrigin: settings.origins[.url] ?? .default)
        {
            logger.warning("\(warning)")
        }
    }

    // MARK: while it runs

    /// Each worker uses the new settings from its next turn on.
    private func putIntoForce(_ settings: Settings) {
        log.level = settings.logLevel
        destination = destination.replaced(by: settings.destination.url)
        for worker in workers { worker.apply(settings, destination) }
        listener?.maxConnections = settings.maxConnections
        serviceManager?.stateChanged()
    }

    private func writeLog() {
        if !log.flush() { logRetry?.start(after: Self.logRetryInterval) }
    }

    /// What the service manager shows.
    private var state: String {
        let settings = settings.settings
        if isStopping { return "stopping" }
        return settings.destination.isPaused ? "paused" : "mirroring to \(settings.destination.url.text)"
    }

    private func reload() {
        func body() {
            reopenLog()
            readAuthorities()
            readIdentity()
        }
        if let serviceManager { serviceManager.reloading(body) } else { body() }
    }

    private func readAuthorities() {
        do throws(TrustError) {
            if try settings.readAuthoritiesAgain() { logger.info("authorities read again") }
        } catch {
            logger.error("\(error); the old authorities stay in use")
        }
    }

    private func readIdentity() {
        do throws(IdentityError) {
            guard try settings.readIdentityAgain() else { return }
            logger.info("certificate and key read again")
            if let warning = settings.settings.destination.transport.identity?.warning {
                logger.warning("\(warning)")
            }
        } catch {
            logger.error("\(error); the old certificate and key stay in use")
        }
    }

    private func reopenLog() {
        do throws(SystemError) {
            try log.reopen()
            logger.info("log reopened")
        } catch {
            logger.error("\(error); the old one stays in use")
        }
    }

    private func logSummary(_ snapshot: Snapshot, isLast: Bool) {
        let summary = snapshot.summary
        // An agent at rest says nothing, except at its end.
        if isLast || summary != lastSummary {
            lastSummary = summary
            logger.info("summary \(summary)")
        }
        if let drops = drops.news(in: snapshot) { logger.warning("\(drops)") }
        if let hint = settings.settings.bodyWatch.takeHint() { logger.warning("\(hint)") }
        writeLog()
    }

    /// Once all copies of a burst are gone, and not while there are any: trimming holds up malloc for some milliseconds.
    private func trimAfterBurst(_ snapshot: Snapshot) {
        let held = snapshot[.queuedBytes]
        mostHeld = max(mostHeld, held)
        guard held == 0, mostHeld >= Self.burst else { return }
        mostHeld = 0
        Footprint.releaseFreedMemory()
    }

    // MARK: stop

    /// The first call stops in order; a second one, from an operator in a hurry, gives up the copies that are left.
    private func stop() {
        let drainTimeout = isStopping ? 0 : configuration.drainTimeout.inSeconds
        if !isStopping {
            isStopping = true
            admin?.isStopping = true
            logger.info("stopping")
            serviceManager?.stopping(drainTimeout: drainTimeout)
            listener = nil
            listenFile = nil
        }
        for worker in workers { worker.stop(drainTimeout: drainTimeout) }
    }
}
