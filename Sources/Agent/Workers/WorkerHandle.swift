internal import Logging
internal import Stats
internal import Synchronization
internal import System

/// The main thread's end of a worker.
final class WorkerHandle {
    let bank: ThreadBank
    /// The worker's last failures.
    let failures = RecentFailures()
    private let sender = Mailbox<Worker.Message>.Sender()
    let heartbeat = Heartbeat()
    private let box = SettingsBox()
    private let abandoned = AbandonedCopies()
    private let index: Int
    /// Until its thread has it.
    private var worker: Handoff<Worker>?
    private var thread: WorkerThread?
    private var assigned: UInt64 = 0

    /// Makes the worker; what it is sent waits until it is started.
    init(
        index: Int, ids: RequestIDs, configuration: Configuration, destination: Destination,
        memory: MemoryBudget,
        unknownMessages: UnknownMessages,
        loggers: Loggers
    ) throws {
        self.index = index
        bank = ThreadBank(copies: [destination.books.banks[index]])
        worker = Handoff(
            try Worker(
                index: index, ids: ids, configuration: configuration, destination: destination,
                sender: sender, bank: bank, memory: memory,
                unknownMessages: unknownMessages, box: box, failures: failures, loggers: loggers))
    }

    /// Starts the worker's thread, which calls `ended` as the last thing it does.
    func start(ended: @escaping @Sendable () -> Void) throws(SystemError) {
        guard let worker = worker.take() else { return }
        let abandoned = abandoned
        thread = try WorkerThread(name: "spoa-worker-\(index)") {
            let count = worker.value.run()
            abandoned.count.withLock { $0 = count }
            ended()
        }
    }

    /// Connections given to this worker and not yet closed by it.
    var connectionCount: UInt64 { assigned - bank.counters.value(of: .connectionsClosed) }

    /// Gives the worker a connected socket.
    func serve(_ connection: consuming Descriptor) {
        assigned += 1
        sender.send(.connection(connection.release()))
    }

    /// Gives the worker new settings, and where copies go. When this returns, they are in force for every request that comes.
    func apply(_ settings: Settings, _ destination: Destination) {
        box.put((settings, destination))
        sender.send(.settings)
    }

    /// Has the worker tell of its connections; `tell` is called on its thread.
    func describeConnections(_ tell: @escaping @Sendable ([ConnectionDescription]) -> Void) {
        sender.send(.describeConnections(tell))
    }

    /// Asks the worker to show that its loop turns.
    func askForHeartbeat() {
        heartbeat.ask()
        sender.send(.heartbeat(heartbeat))
    }

    /// Tells the worker to end, copies given `drainTimeout` seconds.
    func stop(drainTimeout: Double) { sender.send(.stop(drainTimeout: drainTimeout)) }

    /// Waits for the worker's end; returns how many copies it gave up.
    func join() -> Int {
        thread.take()?.join()
        return abandoned.count.withLock { $0 }
    }
}

/// Written by the worker's thread at its end, read after the join.
private final class AbandonedCopies: Sendable {
    let count = Mutex(0)
}

/// Moves a value to the one thread that uses it from then on: the maker keeps no reference.
private struct Handoff<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
