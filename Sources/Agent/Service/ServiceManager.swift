internal import Logging
internal import Stats
internal import System

/// Reports to a service manager such as systemd, when it asks for that (NOTIFY_SOCKET and WATCHDOG_USEC in the
/// environment).
final class ServiceManager {
    /// Seconds on top of the drain timeout that an orderly end may take.
    private static let endMargin = 5.0
    /// Least seconds between two reports of a state: a client that changes settings without end must not keep the manager busy.
    private static let statusInterval = 0.25

    private let socket: NotifySocket
    private var status = StatusLine()
    private var lastStatus = ""
    private var announcer: Throttle?
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

    /// To be called once connections are accepted. `state` is asked for what the agent does.
    func ready(loop: EventLoop, workers: [WorkerHandle], logger: Logger, state: @escaping () -> String) {
        socket.send(["READY=1"], mustArrive: true)
        announcer = Throttle(loop: loop, interval: Self.statusInterval) { [unowned self] in tell(state()) }
        guard let interval = Watchdog.interval else { return }
        watchdog = Watchdog(loop: loop, workers: workers, interval: interval, logger: logger) { [socket] in
            socket.send(["WATCHDOG=1"])
        }
    }

    /// Says what `systemctl status` shows, if it has changed. False when that did not arrive.
    private func tell(_ state: String) -> Bool {
        let text = status.text(state)
        guard text != lastStatus else { return true }
        guard socket.send(["STATUS=\(text)"]) else { return false }
        lastStatus = text
        return true
    }

    /// To be called when the state may have changed.
    func stateChanged() { announcer?.ask() }

    /// Ends an interval of the rates that are reported beside the state.
    func tick(_ snapshot: Snapshot) {
        status.tick(snapshot, now: MonotonicClock.now)
        stateChanged()
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
