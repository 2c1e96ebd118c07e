internal import CLibcurl
internal import CLinux

/// libcurl's multi interface on a libev loop (curl_multi_socket_action(3)): libcurl says which sockets and which time
/// it waits for, the loop tells it when they are due. Owned by the loop's thread.
@safe final class MultiHandle {
    private let pointer: UnsafeMutableRawPointer
    /// Connections keep a pointer to it for as long as they live: until `deinit` is done.
    let sockets: SocketTable
    private let queue: SocketQueue
    private var timer: TimerWatcher?
    /// What was made last.
    private var resolveList: ResolveList?
    /// An earlier call was too long; the end of the call under way reports it, too.
    var callWasLong = false
    /// Called when libcurl is done with a handle, which is still added, and with what came of it.
    var done: (ConnectingHandle, CURLcode) -> Void = { _, _ in }
    /// Called with the reason when all connections of the thread were shut down.
    var wasCutOff: (String) -> Void = { _ in }

    /// Files that one has open without connections: what wakes libcurl.
    static let openFiles = 2

    /// What is said of a call that lasted too long.
    static let cutOffReason =
        "one call into libcurl took over \(LINUX_GUARD_MILLISECONDS) ms of processor time"

    /// `queue` decides which of its sockets are served. Throws when libcurl has no memory.
    init(loop: EventLoop, queue: SocketQueue) throws(OutOfMemory) {
        guard let pointer = unsafe curl_multi_init() else { throw OutOfMemory() }
        unsafe self.pointer = pointer
        self.queue = queue
        sockets = SocketTable(loop: loop)
        let table = unsafe Unmanaged.passUnretained(sockets).toOpaque()
        unsafe shim_multi_set_socket_function(
            pointer,
            { easy, socket, what, table, _ in
                unsafe object(at: table, as: SocketTable.self)?.watch(socket, what, easy)
                return 0
            }, table)
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_multi_set_timer_function(
            pointer,
            { _, milliseconds, this in
                unsafe object(at: this, as: MultiHandle.self)?.setTimer(milliseconds)
                return 0
            }, this)
        timer = TimerWatcher(loop: loop, priority: .mirror) { [unowned self] in kick() }
        sockets.ready = { [unowned self] in socketReady($0, $1) }
    }

    deinit { _ = CallGuard.cutsOff { _ = unsafe curl_multi_cleanup(pointer) } }

    func set(_ option: CURLMoption, _ value: Int) { unsafe shim_multi_set_long(pointer, option, value) }

    /// Begins with `handle`, which moves at the next `kick` or in the next pass. `addresses` are those of the name in `url`, if it has
    /// one. False when there is no memory.
    func add(_ handle: ConnectingHandle, to url: MirrorURL?, at addresses: [String]?) -> Bool {
        if let url, let name = url.name, let addresses {
            if resolveList?.holds(addresses, of: name, url.port) != true {
                resolveList = ResolveList(addresses, of: name, url.port)
            }
            guard resolveList != nil else { return false }
            handle.use(resolveList)
        } else {
            handle.use(nil)
        }
        return unsafe curl_multi_add_handle(pointer, handle.easy.pointer) == CURLM_OK
    }

    /// Whether it is done or not. To close a connection, libcurl may read it once more.
    func remove(_ handle: ConnectingHandle) {
        if CallGuard.cutsOff({ _ = unsafe curl_multi_remove_handle(pointer, handle.easy.pointer) }) {
            callWasLong = true
        }
        sockets.lookAtReleased()
    }

    // MARK: the loop

    /// Lets libcurl do what is due: what is new, time-outs, retries.
    func kick() { act(on: CURL_SOCKET_TIMEOUT, 0) }

    private func act(on socket: curl_socket_t, _ events: Int32) {
        var running: Int32 = 0
        let wasLong = CallGuard.cutsOff {
            _ = unsafe curl_multi_socket_action(pointer, socket, events, &running)
        }
        sockets.lookAtReleased()
        collect()
        sockets.goOn()
        guard wasLong || callWasLong else { return }
        wasCutOff(Self.cutOffReason)
        callWasLong = false
    }

    private func socketReady(_ socket: curl_socket_t, _ events: IOEvents) {
        guard queue.serves(socket) else { return }
        act(
            on: socket,
            (events.contains(.read) ? CURL_CSELECT_IN : 0) | (events.contains(.write) ? CURL_CSELECT_OUT : 0))
    }

    private func collect() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(pointer, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let handle = unsafe ConnectingHandle.of(message.pointee.easy_handle)
            else { continue }
            done(handle, unsafe shim_message_result(message))
        }
    }

    private func setTimer(_ milliseconds: Int) {
        if milliseconds < 0 { timer?.stop() } else { timer?.start(after: Double(milliseconds) / 1000) }
    }
}

/// libcurl could not set itself up.
struct OutOfMemory: Error, CustomStringConvertible {
    var description: String { "libcurl has no memory to start with" }
}
