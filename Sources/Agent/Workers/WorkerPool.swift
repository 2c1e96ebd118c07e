internal import Stats

/// All the workers, on the main thread.
final class WorkerPool {
    let workers: [WorkerHandle]
    private var running = 0
    private let ends = Mailbox<Void>.Sender()
    private var mailbox: Mailbox<Void>?

    /// Makes as many as `configuration` asks for; what they are sent waits until they are started.
    init(_ configuration: Configuration, loggers: Loggers) throws {
        let budget = DeliveryBudget()
        let unknownMessages = UnknownMessages(expected: configuration.messageName, logger: loggers.events)
        let instance = Int64.random(in: RequestIDs.instances)
        workers = try (0..<configuration.workers).map { index in
            try WorkerHandle(
                index: index, ids: RequestIDs(instance: instance, worker: index),
                configuration: configuration,
                budget: budget, unknownMessages: unknownMessages, loggers: loggers)
        }
    }

    var counters: [CounterBank] { workers.map(\.counters) }

    /// Starts their threads, or none. `ended` is called once all of them are done.
    func start(loop: EventLoop, ended: @escaping () -> Void) throws {
        mailbox = Mailbox(loop: loop, sender: ends) { [unowned self] in
            running -= 1
            if running == 0 { ended() }
        }
        do {
            for worker in workers {
                try worker.start { [ends] in ends.send(()) }
                running += 1
            }
        } catch {
            stop(drainTimeout: 0)
            _ = join()
            throw error
        }
    }

    /// Puts new settings into force for every request that comes from now on.
    func apply(_ settings: Settings) {
        for worker in workers { worker.apply(settings) }
    }

    /// Tells them to end; queued and in-flight copies get `drainTimeout` seconds.
    func stop(drainTimeout: Double) {
        for worker in workers { worker.stop(drainTimeout: drainTimeout) }
    }

    /// Waits for their end; returns how many copies they gave up.
    func join() -> Int { workers.reduce(0) { $0 + $1.join() } }
}
