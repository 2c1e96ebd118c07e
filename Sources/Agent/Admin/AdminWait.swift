internal import AdminSocket
internal import System

/// An answer that takes its time, from the moment the wait is made. Nothing else of its connection is carried out
/// meanwhile; letting go of it cancels it.
protocol AdminWait: AnyObject {
    /// Called once, later. The main thread only.
    typealias Finish = (Result<Reply, CommandError>) -> Void
}

/// `wait drained`: until no copy is waiting or under way.
final class DrainedWait: AdminWait {
    /// Seconds between looks.
    private static let interval = 0.01

    private var timer: TimerWatcher?

    init(_ agent: RunningAgent, limit: Duration?, finished: @escaping Finish) {
        let deadline = limit.map { MonotonicClock.now + $0.inSeconds } ?? .infinity
        let timedOut = CommandError("Timed out.", kind: .timedOut)
        timer = TimerWatcher(loop: agent.loop) { [unowned self] in
            let isDrained = agent.statistics.isDrained
            guard isDrained || MonotonicClock.now >= deadline else { return }
            timer?.stop()
            finished(isDrained ? .success(.message("Drained.")) : .failure(timedOut))
        }
        timer?.start(after: 0, every: Self.interval)
    }
}

/// `show connections`: until every worker has reported its own.
final class ConnectionsWait: AdminWait {
    /// Seconds that a worker may take.
    private static let patience = 2.0

    private var mailbox: Mailbox<[ConnectionDescription]>?
    private var timer: TimerWatcher?
    private var entries: [ConnectionDescription] = []
    private var missing: Int

    init(_ agent: RunningAgent, isJSON: Bool, finished: @escaping Finish) {
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
