internal import Stats
internal import System

/// The main thread's end of a worker.
final class WorkerHandle {
    let bank: ThreadBank
    /// The worker's last failures.
    let failures = RecentFailures()
    private let sender = Mailbox<Worker.Message>.Sender()
    let heartbeat = Heartbeat()
    private let box = SettingsBox()
    private let index: Int
    /// Until its thread has it.
    private var worker: Handoff?
    private var thread: WorkerThread?
    private var assigned: UInt64 = 0

    /// Makes the worker; what it is sent waits until it is started.
    init(index: Int, _ shared: WorkerShare) throws {
        self.index = index
        bank = ThreadBank()
        worker = Handoff(
            worker: try Worker(
                index: index, shared, sender: sender, bank: bank, box: box, failures: failures))
    }

    /// Starts the worker's thread, which calls `ended` as the last thing it does.
    func start(ended: @escaping @Sendable () -> Void) throws(SystemError) {
        guard let handoff = worker.take() else { return }
        thread = try WorkerThread(name: "spoa-worker-\(index)") {
            handoff.worker.run()
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

    /// Gives the worker new settings and destinations. When this returns, they are in force for every request that comes.
    func apply(_ settings: Settings, _ destinations: [Destination]) {
        box.put((settings, destinations))
        sender.send(.settings)
    }

    /// For messages that leave no trace here: `describeConnections`, `flush` and `stop`. The others have functions of their own.
    func send(_ message: Worker.Message) { sender.send(message) }

    /// Asks the worker to show that its loop runs.
    func askForHeartbeat() {
        heartbeat.ask()
        sender.send(.heartbeat(heartbeat))
    }

    /// Waits for the worker's end; returns how many copies it gave up.
    func join() -> UInt64 {
        thread.take()?.join()
        return bank.value(of: .droppedShutdown)
    }
}

/// Moves a worker to the one thread that uses it from then on: the maker keeps no reference.
private struct Handoff: @unchecked Sendable {
    let worker: Worker
}
