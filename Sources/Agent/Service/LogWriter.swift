/// Writes the log when there is something to write, on the main thread.
final class LogWriter {
    /// Seconds until a log that could not take all its lines is tried again.
    private static let retryInterval = 0.1

    private let log: LogFile
    private let wakes = Mailbox<Void>.Sender()
    private var mailbox: Mailbox<Void>?
    private var retry: TimerWatcher?

    init(_ log: LogFile, loop: EventLoop) {
        self.log = log
        mailbox = Mailbox(loop: loop, sender: wakes) { [unowned self] in write() }
        retry = TimerWatcher(loop: loop) { [unowned self] in write() }
        log.writeWhenAsked { [wakes] in wakes.send(()) }
    }

    /// Writes what the log takes without waiting, and the rest as soon as it takes that.
    func write() {
        if !log.flush() { retry?.start(after: Self.retryInterval) }
    }
}
