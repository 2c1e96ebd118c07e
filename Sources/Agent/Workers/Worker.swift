internal import Stats
internal import System

/// One thread with one loop: its own connections from HAProxy, its own pipelines to the mirrors. It shares nothing with
/// other workers but budgets and the immutable settings.
final class Worker {
    /// What the main thread tells a worker.
    enum Message: Sendable {
        /// Serve this connected, non-blocking socket; the descriptor is the worker's from now on.
        case connection(Int32)
        /// Show that the loop passes.
        case heartbeat(Heartbeat)
        /// There are new settings.
        case settings
        /// Tell what connections there are; it is called on the worker's thread.
        case describeConnections(@Sendable ([ConnectionDescription]) -> Void)
        /// Give up all copies for destinations that were replaced; it is called on the worker's thread, with their number, once they
        /// are gone.
        case flush(@Sendable (Int) -> Void)
        /// Say goodbye to HAProxy, give the copies this many seconds, then end.
        case stop(drainTimeout: Double)
    }

    private let index: Int
    private let loop: EventLoop
    private let context: WorkerContext
    private var mailbox: Mailbox<Message>?
    private var deadline: TimerWatcher?
    private var bounds: PassBounds?
    private var connections: [ObjectIdentifier: SPOPConnection] = [:]
    private var isStopping = false
    private var isDrained = false

    /// Made by the main thread, then handed to its own, where `run` and all else happens.
    init(
        index: Int, _ shared: WorkerShare, sender: Mailbox<Message>.Sender, bank: ThreadBank,
        box: SettingsBox, failures: RecentFailures
    ) throws {
        self.index = index
        let configuration = shared.configuration
        let loop = try EventLoop(backend: configuration.backend)
        let errors = RepeatedErrors(
            loop: loop, interval: configuration.monitorInterval.inSeconds, logger: shared.loggers.events)
        let reporter = DeliveryReporter(errors: errors, failures: failures, requests: shared.loggers.requests)
        self.loop = loop
        let fanout = try Fanout(
            shared.destinations, configuration.settings, loop: loop,
            ids: RequestIDs(instance: shared.instance, worker: index), bank: bank, reporter: reporter,
            unknown: shared.unknownMessages
        ) { destination, settings in
            let budget = PassBudget(loop: loop)
            let transport = try Transports.make(
                loop: loop, budget: budget, names: Names(resolver: shared.resolver, loop: loop),
                workers: configuration.workers, settings: destination.settings)
            let delivery = Delivery(
                loop: loop, transport: transport, pass: budget, destination: destination, worker: index,
                maxBytes: QueueBytes(settings.maxQueueBytes), memory: shared.memory, reporter: reporter)
            return Pipeline(
                delivery: delivery, budget: budget, settings: settings, destination: destination,
                worker: index, reporter: reporter, unknownMessages: shared.unknownMessages)
        }
        context = WorkerContext(
            loop: loop, bank: bank, fanout: fanout, memory: shared.memory, errors: errors,
            unknownMessages: shared.unknownMessages, box: box, configuration: configuration)
        context.closed = { [unowned self] connection in
            connections[ObjectIdentifier(connection)] = nil
            endWhenDone()
        }
        mailbox = Mailbox(loop: loop, sender: sender) { [unowned self] in handle($0) }
        bounds = PassBounds(loop: loop, began: { bank.beginPass() }, ended: { bank.endPass() })
        deadline = TimerWatcher(loop: loop) { [unowned self] in abandon() }
    }

    /// Serves until `Message.stop` comes.
    func run() {
        context.fanout.begin()
        loop.run()
        // The loop is left in the middle of a pass.
        context.bank.endPass()
        context.errors.sumUp()
    }

    private func handle(_ message: Message) {
        switch message {
        case .connection(let number):
            let descriptor = Descriptor(owning: number)
            guard !isStopping else { return }
            let connection = SPOPConnection(descriptor, context: context)
            connections[ObjectIdentifier(connection)] = connection
        case .heartbeat(let heartbeat): heartbeat.answer()
        case .settings: context.refreshSettings()
        case .describeConnections(let tell): tell(connections.values.map { $0.description(worker: index) })
        case .flush(let tell): context.fanout.flush(tell)
        case .stop(let drainTimeout): stop(drainTimeout)
        }
    }

    private func stop(_ drainTimeout: Double) {
        guard !isStopping else {
            if drainTimeout == 0 { abandon() }
            return
        }
        isStopping = true
        deadline?.start(after: drainTimeout)
        for connection in Array(connections.values) { connection.disconnect() }
        context.fanout.drain { [unowned self] in
            isDrained = true
            endWhenDone()
        }
    }

    private func abandon() {
        context.fanout.abandon()
        loop.stop()
    }

    /// Connections close soon after their goodbye; copies are gone, or the deadline takes them.
    private func endWhenDone() {
        if isStopping, isDrained, connections.isEmpty { loop.stop() }
    }
}
