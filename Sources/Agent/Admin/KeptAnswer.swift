internal import AdminSocket

/// Answers of commands that also change the state file: given once that is done, or when it takes long.
extension AdminCommands {
    /// Makes a change that is in force at once, and logs what `change` says of it.
    func kept(
        _ thing: String, _ change: (@escaping (String) -> Void) throws(CommandError) -> Void
    ) throws(CommandError) -> Answer {
        let late = Reply.message("In force. The state file is still being written: the log says when it is.")
        return try keeping(late: .success(late)) { finished throws(CommandError) in
            try change { finished(.success(changed(thing, $0))) }
        }
    }

    /// Answers with what `change` finishes with, or with `late`. What it does goes on when the client has left.
    func keeping(
        late: Result<Reply, CommandError>,
        _ change: (@escaping AdminWait.Finish) throws(CommandError) -> Void
    ) throws(CommandError) -> Answer {
        let wait = DiskWait()
        try change { [weak wait] in wait?.finish($0) }
        if let result = wait.result { return .now(try result.get()) }
        return .later { [loop = agent.loop] finished in
            wait.begin(on: loop, late: late, finished: finished)
            return wait
        }
    }
}

/// Until the state file is written, or for as long as a client waits for an answer.
private final class DiskWait: AdminWait {
    /// Seconds until the answer has to be there: before `mirrorctl` gives up, after 5 s.
    private static let patience = 3.0

    private(set) var result: Result<Reply, CommandError>?
    private var finished: Finish?
    private var timer: TimerWatcher?

    func begin(on loop: EventLoop, late: Result<Reply, CommandError>, finished: @escaping Finish) {
        self.finished = finished
        timer = TimerWatcher(loop: loop) { [unowned self] in finish(late) }
        timer?.start(after: Self.patience)
    }

    func finish(_ result: Result<Reply, CommandError>) {
        guard self.result == nil else { return }
        self.result = result
        timer?.stop()
        finished?(result)
    }
}
