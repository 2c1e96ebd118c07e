internal import Logging
internal import Stats

/// What a service manager such as systemd is told, when it has asked to be (NOTIFY_SOCKET and WATCHDOG_USEC in the
/// environment).
final class ServiceManager {
    /// Seconds on top of the drain timeout that an orderly end may take.
    private static let endMargin = 5.0

    private let socket: NotifySocket
    private var status = StatusLine()
    private var lastStatus = ""
    private var watchdog: Watchdog?

    /// True when whoever started the agent waits for word from it: it must not go to the background then, since
    /// the process that was started has to be the one that stays.
    static var isListening: Bool { Environment.value("NOTIFY_SOCKET") != nil }

    /// Nil when nobody asked, or, with a line in the log, when the address cannot be used.
    init?(logger: Logger) {
        guard let address = Environment.value("NOTIFY_SOCKET") else { return nil }
        do throws(InvalidValue) { socket = try NotifySocket(address) } catch {
            logger.warning("NOTIFY_SOCKET \(error.value.debugDescription) is not used: \(error)")
            return nil
        }
    }

    /// To be called once connections are accepted.
    func ready(loop: EventLoop, workers: [WorkerHandle], logger: Logger) {
        socket.send(["READY=1"], mustArrive: true)
        guard let interval = Watchdog.interval else { return }
        let socket = socket
        watchdog = Watchdog(loop: loop, workers: workers, interval: interval, logger: logger) {
            socket.send(["WATCHDOG=1"])
        }
    }

    /// Says what `systemctl status` shows, if it has changed.
    func tell(_ state: String, _ snapshot: Snapshot) {
        let text = status.next(state, snapshot, now: MonotonicClock.now)
        guard text != lastStatus else { return }
        if socket.send(["STATUS=\(text)"]) { lastStatus = text }
    }

    /// Brackets what SIGHUP does.
    func reloading(_ body: () -> Void) {
        let microseconds = UInt64(MonotonicClock.now * 1e6)
        socket.send(["RELOADING=1", "MONOTONIC_USEC=\(microseconds)"], mustArrive: true)
        body()
        socket.send(["READY=1"], mustArrive: true)
    }

    /// The end begins; it may take `drainTimeout` seconds and some.
    func stopping(drainTimeout: Double) {
        // Workers that are done do not answer any more, and from now on the manager does not ask.
        watchdog = nil
        let microseconds = UInt64((drainTimeout + Self.endMargin) * 1e6)
        lastStatus = "stopping"
        socket.send(
            ["STOPPING=1", "STATUS=\(lastStatus)", "EXTEND_TIMEOUT_USEC=\(microseconds)"], mustArrive: true)
    }
}
