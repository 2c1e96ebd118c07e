internal import AdminSocket
internal import Stats
internal import System

/// An answer that takes its time. Nothing else of its connection is carried out meanwhile; letting go of it cancels it.
protocol AdminWait: AnyObject {
    /// Calls `finished` once, later. The main thread only.
    func start(_ finished: @escaping (Result<Reply, CommandError>) -> Void)
}

/// `wait drained`: until no copy is waiting or under way.
final class DrainedWait: AdminWait {
    /// Seconds between looks.
    private static let interval = 0.01

    private let agent: RunningAgent
    private let limit: Duration?
    private var timer: TimerWatcher?

    init(_ agent: RunningAgent, limit: Duration?) {
        self.agent = agent
        self.limit = limit
    }

    func start(_ finished: @escaping (Result<Reply, CommandError>) -> Void) {
        let deadline = limit.map { MonotonicClock.now + $0.inSeconds }
        timer = TimerWatcher(loop: agent.loop) { [unowned self] in
            if agent.statistics.isDrained {
                timer?.stop()
                finished(.success(.message("Drained.")))
            } else if let deadline, MonotonicClock.now >= deadline {
                timer?.stop()
                finished(.failure(CommandError("Timed out.", kind: .timedOut)))
            }
        }
        timer?.start(after: 0, every: Self.interval)
    }
}

/// `show connections`: until every worker has told of its own.
final class ConnectionsWait: AdminWait {
    /// Seconds that a worker may take.
    private static let patience = 2.0

    private let agent: RunningAgent
    private let isJSON: Bool
    private var mailbox: Mailbox<[ConnectionDescription]>?
    private var timer: TimerWatcher?
    private var entries: [ConnectionDescription] = []
    private var missing = 0

    init(_ agent: RunningAgent, isJSON: Bool) {
        self.agent = agent
        self.isJSON = isJSON
    }

    func start(_ finished: @escaping (Result<Reply, CommandError>) -> Void) {
        missing = agent.workers.count
        let sender = Mailbox<[ConnectionDescription]>.Sender()
        mailbox = Mailbox(loop: agent.loop, sender: sender) { [unowned self] in
            entries += $0
            missing -= 1
            guard missing == 0 else { return }
            timer?.stop()
            finished(.success(Report.connections(entries).reply(isJSON: isJSON)))
        }
        timer = TimerWatcher(loop: agent.loop) { [unowned self] in
            finished(.failure(CommandError("\(missing) workers do not answer.")))
        }
        timer?.start(after: Self.patience)
        for worker in agent.workers { worker.send(.describeConnections { sender.send($0) }) }
    }
}
