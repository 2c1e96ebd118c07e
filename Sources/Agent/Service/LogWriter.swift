/// Writes log lines to their destination as they come, on the main thread.
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

    /// Writes as much as possible without waiting, and the rest a moment later.
    func write() {
        if !log.flush() { retry?.start(after: Self.retryInterval) }
    }
}
