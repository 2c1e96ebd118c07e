internal import CLibcurl
internal import CLinux
internal import System

/// libcurl's multi interface on a libev loop (curl_multi_socket_action(3)): libcurl says which sockets and which time
/// it waits for, the loop tells it when they are due.
@safe final class CurlMulti {
    private let multi: UnsafeMutableRawPointer
    private var timer: TimerWatcher?
    /// Connections keep a pointer to it for as long as they live: until `deinit` is done.
    let sockets: SocketTable
    private let completed: (Transfer, CURLcode) -> Void
    private let cutOff: () -> Void
    /// When the first socket of this turn was served, on the monotonic clock, in seconds; nil before.
    private var turnStart: Double?

    private var removalWasLong = false

    /// Sockets left for the next turn, and those left over from the last one.
    private var waiting: Set<curl_socket_t> = []
    private var owed: Set<curl_socket_t> = []

    /// Seconds that the mirror's sockets may take of one turn of the loop.
    private static let turnBudget = 0.0005

    /// Calls `completed` for each transfer that ends, never from inside `start`; `cutOff` when a call into libcurl lasted so
    /// long that the connections it served were cut off; and `spokeUnasked` when a connection was ended because the mirror spoke on
    /// it while no copy was under way.
    init?(
        loop: EventLoop, completed: @escaping (Transfer, CURLcode) -> Void, cutOff: @escaping () -> Void,
        spokeUnasked: @escaping () -> Void
    ) {
        guard let multi = unsafe curl_multi_init() else { return nil }
        unsafe self.multi = multi
        sockets = SocketTable(loop: loop, spokeUnasked: spokeUnasked)
        self.completed = completed
        self.cutOff = cutOff
        let table = unsafe Unmanaged.passUnretained(sockets).toOpaque()
        unsafe shim_multi_set_socket_function(
            multi,
            { easy, socket, what, table, _ in unsafe SocketTable.libcurlWaits(easy, socket, what, table) },
            table)
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_multi_set_timer_function(
            multi, { _, milliseconds, this in unsafe timerChanged(milliseconds, this) }, this)
        timer = TimerWatcher(loop: loop, priority: .mirror) { [unowned self] in kick() }
        sockets.ready = { [unowned self] in socketReady($0, $1) }
    }

    deinit { _ = guarded { _ = unsafe curl_multi_cleanup(multi) } }

    /// How many connections this worker may have, and how many it keeps for reuse.
    func limitConnections(total: Int, idle: Int) {
        unsafe shim_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, total)
        unsafe shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, idle)
        // How many streams share an HTTP/2 connection is the mirror's to say (SETTINGS_MAX_CONCURRENT_STREAMS). libcurl's own
        // limit is 100, and past it each transfer opens a connection: CURLOPT_PIPEWAIT(3) only waits for the first one.
        unsafe shim_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, total)
    }

    /// Hands a prepared transfer to libcurl; it moves at the next `kick`. False when libcurl refuses it.
    func add(_ transfer: Transfer) -> Bool {
        unsafe curl_multi_add_handle(multi, transfer.handle) == CURLM_OK
    }

    /// Takes a transfer back, whether it is done or not. To close a connection, libcurl may read it once more.
    func remove(_ transfer: Transfer) {
        if guarded({ _ = unsafe curl_multi_remove_handle(multi, transfer.handle) }) { removalWasLong = true }
        sockets.lookAtReleased()
    }

    /// Lets libcurl do what is due: new transfers, time-outs, retries.
    func kick() { act(on: CURL_SOCKET_TIMEOUT, 0) }

    /// libcurl reads a socket for as long as there is something that it understands: frames of HTTP/2 or TLS without
    /// content, from a mirror that is fast enough, keep it for ever.
    private func act(on socket: curl_socket_t, _ events: Int32) {
        var running: Int32 = 0
        let wasLong = guarded { _ = unsafe curl_multi_socket_action(multi, socket, events, &running) }
        sockets.lookAtReleased()
        collect()
        sockets.goOn()
        guard wasLong || removalWasLong else { return }
        cutOff()
        removalWasLong = false
    }

    /// True when the call lasted so long that this worker's connections were shut down.
    private func guarded(_ call: () -> Void) -> Bool {
        linux_guard_enter()
        call()
        return linux_guard_leave() != 0
    }

    /// A new turn of the loop begins: sockets that had to wait come first.
    func beginTurn() {
        turnStart = nil
        guard !waiting.isEmpty || !owed.isEmpty else { return }
        (owed, waiting) = (waiting, [])
    }

    /// Answers that stream in on hundreds of sockets would keep the loop from HAProxy's frames for tens of milliseconds:
    /// past the budget of the turn, a socket is left for the next one. The loop is level-triggered and comes back to it.
    private func hasBudget() -> Bool {
        let now = MonotonicClock.now
        guard let turnStart else {
            self.turnStart = now
            return true
        }
        return now - turnStart < Self.turnBudget
    }

    private func socketReady(_ socket: curl_socket_t, _ events: IOEvents) {
        // Without this, the loop would offer the same sockets first in each turn, and the last ones would starve.
        guard owed.isEmpty || owed.remove(socket) != nil, hasBudget() else {
            waiting.insert(socket)
            return
        }
        act(
            on: socket,
            (events.contains(.read) ? CURL_CSELECT_IN : 0) | (events.contains(.write) ? CURL_CSELECT_OUT : 0))
    }

    private func collect() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle
            else {
                continue
            }
            let result = unsafe shim_message_result(message)
            if let transfer = unsafe Transfer.of(easy) { completed(transfer, result) }
        }
    }

    fileprivate func setTimer(_ milliseconds: Int) {
        guard milliseconds >= 0 else {
            timer?.stop()
            return
        }
        timer?.start(after: Double(milliseconds) / 1000)
    }
}

private func timerChanged(_ milliseconds: Int, _ this: UnsafeMutableRawPointer?) -> Int32 {
    guard let this = unsafe this else { return -1 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(this).takeUnretainedValue().setTimer(milliseconds)
    return 0
}
