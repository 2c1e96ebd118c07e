internal import CLibcurl
internal import CLinux

/// libcurl's multi interface on a libev loop (curl_multi_socket_action(3)): libcurl says which sockets and which time
/// it waits for, the loop tells it when they are due.
@safe final class CurlMulti {
    private let multi: UnsafeMutableRawPointer
    private let loop: EventLoop
    private var timer: TimerWatcher?
    /// One watcher per descriptor number, kept when libcurl lets the socket go: it takes it back for the next request.
    private var watchers: [IOWatcher?] = []
    /// What becomes of each of `MirrorSocket`'s, by descriptor number; nil for libcurl's own, of which nothing tells the end.
    private var uses: [SocketUse?] = []
    /// Sockets that libcurl has let go in the call that is under way.
    private var released: [curl_socket_t] = []
    private let completed: (Transfer, CURLcode) -> Void
    private let cutOff: () -> Void
    private let spokeUnasked: () -> Void
    /// When the first socket of this turn was served, on the monotonic clock, in seconds; nil before.
    private var turnStart: Double?

    private var removalWasLong = false

    /// Sockets left for the next turn, and those left over from the last one.
    private var waiting: Set<curl_socket_t> = []
    private var owed: Set<curl_socket_t> = []

    private enum SocketUse {
        /// A transfer has it, or nobody cares.
        case taken
        /// A transfer in HTTP/1 is done with it.
        case released
        /// Its connection is there for the next copy.
        case kept
    }

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
        self.loop = loop
        self.completed = completed
        self.cutOff = cutOff
        self.spokeUnasked = spokeUnasked
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_multi_set_socket_function(
            multi, { unsafe socketChanged($0, $1, $2, $3, $4) }, this)
        unsafe shim_multi_set_timer_function(
            multi, { _, milliseconds, this in unsafe timerChanged(milliseconds, this) }, this)
        timer = TimerWatcher(loop: loop, priority: .mirror) { [unowned self] in kick() }
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
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        transfer.multi = self
        unsafe shim_easy_set_pointer(transfer.handle, CURLOPT_CLOSESOCKETDATA, this)
        return unsafe curl_multi_add_handle(multi, transfer.handle) == CURLM_OK
    }

    /// Takes a transfer back, whether it is done or not. To close a connection, libcurl may read it once more.
    func remove(_ transfer: Transfer) {
        if guarded({ _ = unsafe curl_multi_remove_handle(multi, transfer.handle) }) { removalWasLong = true }
        lookAtReleased()
    }

    /// Lets libcurl do what is due: new transfers, time-outs, retries.
    func kick() { act(on: CURL_SOCKET_TIMEOUT, 0) }

    /// libcurl reads a socket for as long as there is something that it understands: frames of HTTP/2 or TLS without
    /// content, from a mirror that is fast enough, keep it for ever.
    private func act(on socket: curl_socket_t, _ events: Int32) {
        var running: Int32 = 0
        let wasLong = guarded { _ = unsafe curl_multi_socket_action(multi, socket, events, &running) }
        lookAtReleased()
        collect()
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
        guard uses[Int(socket)] != .kept else { return lookAtKept(socket) }
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

    // MARK: connections that wait for the next copy

    /// Only a socket that is still there when libcurl is back was kept; it may also have been taken by the next transfer.
    private func lookAtReleased() {
        while let socket = released.popLast() {
            guard uses[Int(socket)] == .released else { continue }
            uses[Int(socket)] = .kept
            lookAtKept(socket)
        }
    }

    /// Leaves the watcher on as long as there is nothing to read.
    private func lookAtKept(_ socket: curl_socket_t) {
        switch KeptConnection.state(of: socket) {
        case .quiet:
            watchers[Int(socket)]?.watch(socket, for: .read)
            return
        case .ended: break
        case .talks: if KeptConnection.end(socket) { spokeUnasked() }
        }
        forget(socket)
    }

    private func forget(_ socket: curl_socket_t) {
        uses[Int(socket)] = .taken
        watchers[Int(socket)]?.stop()
    }

    /// To be called with what `MirrorSocket` opened.
    func opened(_ socket: curl_socket_t) {
        makeRoom(for: socket)
        uses[Int(socket)] = .taken
    }

    /// To be called before `MirrorSocket` closes it.
    static func closes(_ socket: curl_socket_t, by this: UnsafeMutableRawPointer?) {
        guard let this = unsafe this else { return }
        let multi = unsafe Unmanaged<CurlMulti>.fromOpaque(this).takeUnretainedValue()
        multi.makeRoom(for: socket)
        multi.forget(socket)
        multi.uses[Int(socket)] = nil
    }

    private func makeRoom(for socket: curl_socket_t) {
        while watchers.count <= Int(socket) {
            watchers.append(nil)
            uses.append(nil)
        }
    }

    fileprivate func watch(_ socket: curl_socket_t, _ what: Int32, _ easy: UnsafeMutableRawPointer?) {
        let index = Int(socket)
        makeRoom(for: socket)
        guard what != CURL_POLL_REMOVE else {
            if uses[index] != nil, let transfer = unsafe Transfer.of(easy), transfer.endedInHTTP1 {
                // The watcher stays as it is: mostly, the next copy wants the same.
                uses[index] = .released
                released.append(socket)
            } else {
                watchers[index]?.stop()
            }
            return
        }
        if uses[index] != nil { uses[index] = .taken }
        let watcher =
            watchers[index]
            ?? IOWatcher(loop: loop, priority: .mirror) { [unowned self] in socketReady(socket, $0) }
        watchers[index] = watcher
        watcher.watch(socket, for: IOEvents(curl: what))
    }

    fileprivate func setTimer(_ milliseconds: Int) {
        guard milliseconds >= 0 else {
            timer?.stop()
            return
        }
        timer?.start(after: Double(milliseconds) / 1000)
    }
}

extension IOEvents {
    /// CURL_POLL_IN, OUT and INOUT (CURLMOPT_SOCKETFUNCTION(3)).
    fileprivate init(curl what: Int32) {
        self = []
        if what & CURL_POLL_IN != 0 { insert(.read) }
        if what & CURL_POLL_OUT != 0 { insert(.write) }
    }
}

private func socketChanged(
    _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32,
    _ this: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let this = unsafe this else { return -1 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(this).takeUnretainedValue().watch(socket, what, easy)
    return 0
}

private func timerChanged(_ milliseconds: Int, _ this: UnsafeMutableRawPointer?) -> Int32 {
    guard let this = unsafe this else { return -1 }
    unsafe Unmanaged<CurlMulti>.fromOpaque(this).takeUnretainedValue().setTimer(milliseconds)
    return 0
}
