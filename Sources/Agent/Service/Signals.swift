internal import Glibc

/// The signals that the agent handles, and those that must not end it.
final class Signals {
    /// SIGTERM and SIGINT.
    var stop: () -> Void = {}
    /// SIGHUP.
    var reload: () -> Void = {}
    private var watchers: [SignalWatcher] = []

    /// Signals that arrive before the loop runs are handled once it does.
    init(loop: EventLoop) {
        // A write to a closed connection must be an error code, also inside libcurl and its TLS library.
        signal(SIGPIPE, SIG_IGN)
        // HAProxy's and other daemons' neighbours mean something by these; here they would be the end without a drain.
        signal(SIGUSR1, SIG_IGN)
        signal(SIGUSR2, SIG_IGN)
        // Until a worker has its own use for it.
        signal(SIGVTALRM, SIG_IGN)
        watchers =
            [SIGTERM, SIGINT].map { SignalWatcher(loop: loop, signal: $0) { [unowned self] in stop() } }
            + [SignalWatcher(loop: loop, signal: SIGHUP) { [unowned self] in reload() }]
    }
}
