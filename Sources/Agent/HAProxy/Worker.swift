internal import Glibc
internal import Logging
internal import SPOP
internal import Stats

/// One thread with one loop: its own connections from HAProxy, its own pipeline to the mirror. It shares nothing with
/// other workers but the budget and the immutable settings.
final class Worker {
    /// What the main thread tells a worker.
    enum Message: Sendable {
        /// Serve this connected, non-blocking socket; the descriptor is the worker's from now on.
        case connection(Int32)
        /// Use these settings for the next request on.
        case settings(Settings)
        /// Show that the loop turns.
        case heartbeat(Heartbeat)
        /// Say goodbye to HAProxy, give the copies this many seconds, then end.
        case stop(drainTimeout: Double)
    }

    private let loop: EventLoop
    private let context: WorkerContext
    private var mailbox: Mailbox<Message>?
    private var deadline: TimerWatcher?
    private var connections: [ObjectIdentifier: SPOPConnection] = [:]
    private var abandoned = 0
    private var isStopping = false
    private var isDrained = false

    /// Made by the main thread, then handed to its own, where `run` and all else happens.
    init(
        configuration: Configuration, sender: Mailbox<Message>.Sender, counters: CounterBank,
        budget: DeliveryBudget,
        unknownMessages: UnknownMessages, logger: Logger
    ) throws {
        loop = try EventLoop(backend: configuration.backend)
        let errors = RepeatedErrors(
            loop: loop, interval: configuration.monitorInterval.inSeconds, logger: logger)
        let pipeline = try Pipeline(
            loop: loop, settings: configuration.settings, budget: budget, counters: counters, errors: errors)
        context = WorkerContext(
            loop: loop, counters: counters, pipeline: pipeline, budget: budget,
            errors: errors,
            unknownMessages: unknownMessages, configuration: configuration)
        context.closed = { [unowned self] connection in
            connections[ObjectIdentifier(connection)] = nil
            endWhenDone()
        }
        mailbox = Mailbox(loop: loop, sender: sender) { [unowned self] in handle($0) }
        deadline = TimerWatcher(loop: loop) { [unowned self] in abandon() }
    }

    /// Serves until told to stop; returns how many copies were given up.
    func run() -> Int {
        loop.run()
        context.errors.sumUp()
        return abandoned
    }

    private func handle(_ message: Message) {
        switch message {
        case .connection(let number):
            let descriptor = Descriptor(owning: number)
            guard !isStopping else { return }
            let connection = SPOPConnection(descriptor, context: context)
            connections[ObjectIdentifier(connection)] = connection
        case .settings(let settings):
            context.helloTimeout = settings.helloTimeout.inSeconds
            context.maxQueueBytes = settings.maxQueueBytes
            context.pipeline.apply(settings)
        case .heartbeat(let heartbeat): heartbeat.answer()
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
        context.pipeline.drain { [unowned self] in
            isDrained = true
            endWhenDone()
        }
    }

    private func abandon() {
        abandoned = context.pipeline.abandon()
        loop.stop()
    }

    /// Connections close by themselves soon after their goodbye; copies are gone, or the deadline takes them.
    private func endWhenDone() {
        if isStopping, isDrained, connections.isEmpty { loop.stop() }
    }
}
