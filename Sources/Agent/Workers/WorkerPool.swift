internal import Stats

/// All the workers, on the main thread.
final class WorkerPool {
    let workers: [WorkerHandle]
    /// Where copies go.
    private var destination: Destination
    private var running = 0
    private let ends = Mailbox<Void>.Sender()
    private var mailbox: Mailbox<Void>?

    /// Makes as many as `configuration` asks for; what they are sent waits until they are started.
    init(_ configuration: Configuration, loggers: Loggers) throws {
        let shared = WorkerShare(
            configuration: configuration, loggers: loggers,
            destination: Destination(configuration.settings.destination, workers: configuration.workers),
            unknownMessages: UnknownMessages(expected: configuration.messageName, logger: loggers.events))
        destination = shared.destination
        workers = try (0..<configuration.workers).map { try WorkerHandle(index: $0, shared) }
    }

    var banks: [ThreadBank] { workers.map(\.bank) }

    /// What workers count of copies, one for each.
    var copyBanks: [CopyBank] { destination.books.banks }

    /// Which mirror is meant now.
    var mirror: Int { destination.mirror }

    /// What keeps copies from it.
    var breaker: Breaker { destination.breaker }

    /// Their last failures.
    var failures: [RecentFailures] { workers.map(\.failures) }

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
        destination = destination.changed(to: settings.destination)
        for worker in workers { worker.apply(settings, destination) }
    }

    /// Tells them to end; queued and in-flight copies get `drainTimeout` seconds.
    func stop(drainTimeout: Double) {
        for worker in workers { worker.send(.stop(drainTimeout: drainTimeout)) }
    }

    /// Waits for their end; returns how many copies they gave up.
    func join() -> UInt64 { workers.reduce(0) { $0 + $1.join() } }
}

/// What all workers begin with.
struct WorkerShare {
    let configuration: Configuration
    let loggers: Loggers
    let destination: Destination
    let unknownMessages: UnknownMessages
    let memory = MemoryBudget()
    let resolver = Resolver()
    let instance = Int64.random(in: RequestIDs.instances)
}
