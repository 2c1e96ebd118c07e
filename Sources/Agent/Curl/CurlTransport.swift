internal import CLibcurl
internal import CLinux
internal import Glibc
internal import System

/// libcurl's multi interface on a libev loop (curl_multi_socket_action(3)): libcurl says which sockets and which time
/// it waits for, the loop tells it when they are due.
@safe final class CurlTransport: Transport {
    private let multi: UnsafeMutableRawPointer
    weak var client: (any TransportClient)?
    private let budget: PassBudget
    private let nameWaits: NameWaits
    /// What was made last.
    private var resolveList: ResolveList?
    private var timer: TimerWatcher?
    /// Connections keep a pointer to it for as long as they live: until `deinit` is done.
    private let sockets: SocketTable
    private var settings: DestinationSettings
    private var settingsVersion = 0
    private var pool: [CurlTransfer] = []
    private var removalWasLong = false

    /// Sockets left for the next pass, and those left over from the last one.
    private var waiting: Set<curl_socket_t> = []
    private var owed: Set<curl_socket_t> = []

    /// libcurl before 8.0 breaks the second request on an HTTP/2 connection that was made with prior knowledge
    /// (curl issue 10634): there, each copy gets a connection of its own.
    static let canReusePriorKnowledge = unsafe (shim_version()?.pointee.version_num ?? 0) >= 0x080000

    /// To be called once, before any thread is started.
    static func setUp() { curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }

    /// What wakes libcurl.
    static var openFiles: Int { 2 }

    static func warning(_ settings: TransportSettings) -> String? {
        settings.httpVersion == .http2PriorKnowledge && !canReusePriorKnowledge
            ? "this libcurl is older than 8.0: with --http-version 2-prior-knowledge each copy opens a connection"
            : nil
    }

    /// `budget` is that of all transports of the loop. Throws when libcurl has no memory.
    init(
        loop: EventLoop, budget: PassBudget, names: Names, settings: DestinationSettings
    ) throws(OutOfMemory) {
        guard let multi = unsafe curl_multi_init() else { throw OutOfMemory() }
        unsafe self.multi = multi
        self.budget = budget
        nameWaits = NameWaits(loop: loop, budget: budget, names: names)
        self.settings = settings
        sockets = SocketTable(loop: loop)
        let table = unsafe Unmanaged.passUnretained(sockets).toOpaque()
        unsafe shim_multi_set_socket_function(
            multi,
            { easy, socket, what, table, _ in
                unsafe object(at: table, as: SocketTable.self)?.watch(socket, what, easy)
                return 0
            }, table)
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_multi_set_timer_function(
            multi,
            { _, milliseconds, this in
                unsafe object(at: this, as: CurlTransport.self)?.setTimer(milliseconds)
                return 0
            }, this)
        timer = TimerWatcher(loop: loop, priority: .mirror) { [unowned self] in kick() }
        sockets.ready = { [unowned self] in socketReady($0, $1) }
        sockets.spokeUnasked = { [unowned self] in client?.mirrorSpokeUnasked() }
        nameWaits.ended = { [unowned self] in nameCame($0, $1) }
        nameWaits.kick = { [unowned self] in kick() }
        limitConnections()
    }

    deinit { _ = guarded { _ = unsafe curl_multi_cleanup(multi) } }

    func begin() {
        if linux_guard_start() != 0 {
            client?.transportLacks(
                "no timer for calls into libcurl, a mirror that sends without end is not cut off",
                SystemError.text(of: errno))
        }
    }

    func apply(_ settings: DestinationSettings) {
        self.settings = settings
        settingsVersion += 1
        limitConnections()
    }

    /// How many connections this worker may have, and how many it keeps for reuse. Those to destinations that were replaced come on
    /// top of those to the current one.
    private func limitConnections() {
        let total = 2 * settings.maxInFlight
        unsafe shim_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, total)
        unsafe shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maxInFlight)
        // How many streams share an HTTP/2 connection is the mirror's to say (SETTINGS_MAX_CONCURRENT_STREAMS). libcurl's own
        // limit is 100, and past it each transfer opens a connection: CURLOPT_PIPEWAIT(3) only waits for the first one.
        unsafe shim_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, total)
    }

    // MARK: transfers

    func start(_ copy: MirrorRequest, for owner: any TransferOwner, now: Double) -> Transfer? {
        guard let transfer = pool.popLast() ?? CurlTransfer(sockets: sockets) else { return nil }
        transfer.prepare(copy, for: owner, settings: settings, version: settingsVersion, now: now)
        var addresses: [String]?
        if let name = transfer.url?.name {
            addresses = nameWaits.addresses(of: name, for: transfer)
            if addresses == nil { return transfer }
        }
        if add(transfer, addresses) { return transfer }
        _ = takeBack(transfer)
        return nil
    }

    /// Gives a transfer to libcurl, with the addresses of its mirror's name if it has one. False when there is no memory.
    private func add(_ transfer: CurlTransfer, _ addresses: [String]?) -> Bool {
        if let url = transfer.url, let name = url.name, let addresses {
            if resolveList?.holds(addresses, of: name, url.port) != true {
                resolveList = ResolveList(addresses, of: name, url.port)
            }
            guard resolveList != nil else { return false }
            transfer.use(resolveList)
        } else {
            transfer.use(nil)
        }
        return unsafe curl_multi_add_handle(multi, transfer.handle.pointer) == CURLM_OK
    }

    /// A transfer has waited for its name.
    private func nameCame(_ transfer: CurlTransfer, _ answer: NameAnswer) {
        switch answer {
        case .addresses(let addresses):
            transfer.shortenTimeouts(by: MonotonicClock.now - transfer.startedAt)
            guard !add(transfer, addresses) else { return }
            finish(transfer, TransferEnd(unsent: .other, because: "libcurl has no memory"))
        case .failure(let text): finish(transfer, TransferEnd(unsent: .dns, because: text))
        }
    }

    func giveUp(_ transfer: Transfer, as reason: FailureReason, because cause: String) {
        guard let transfer = transfer as? CurlTransfer else { return }
        guard transfer.waitNumber == nil else {
            return finish(transfer, TransferEnd(unsent: reason == .timeout ? .dns : reason, because: cause))
        }
        finish(transfer, transfer.end(reason.code, because: cause))
    }

    /// Whether it is done or not. To close a connection, libcurl may read it once more.
    func takeBack(_ transfer: Transfer) -> MirrorRequest? {
        guard let transfer = transfer as? CurlTransfer else { return nil }
        transfer.waitNumber = nil
        if guarded({ _ = unsafe curl_multi_remove_handle(multi, transfer.handle.pointer) }) {
            removalWasLong = true
        }
        sockets.lookAtReleased()
        pool.append(transfer)
        return transfer.finish()
    }

    private func finish(_ transfer: CurlTransfer, _ end: TransferEnd) {
        transfer.owner?.ended(transfer, end)
        _ = takeBack(transfer)
    }

    // MARK: the loop

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
        client?.mirrorWasCutOff(
            "one call into libcurl took over \(LINUX_GUARD_MILLISECONDS) ms of processor time")
        removalWasLong = false
    }

    /// True when the call lasted so long that this worker's connections were shut down.
    private func guarded(_ call: () -> Void) -> Bool {
        linux_guard_enter()
        call()
        return linux_guard_leave() != 0
    }

    /// Sockets that had to wait come first.
    func beginPass() {
        (owed, waiting) = (waiting, [])
    }

    /// Past the budget of the pass, a socket is left for the next one. The loop is level-triggered and comes back to it.
    private func socketReady(_ socket: curl_socket_t, _ events: IOEvents) {
        // Without this, the loop would offer the same sockets first in each pass, and the last ones would starve.
        guard owed.isEmpty || owed.remove(socket) != nil, budget.allowsSocket() else {
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
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let transfer = unsafe CurlTransfer.of(message.pointee.easy_handle)
            else { continue }
            finish(transfer, transfer.end(unsafe shim_message_result(message)))
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
