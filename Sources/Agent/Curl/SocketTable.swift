internal import CLibcurl

/// What becomes of each of one worker's sockets to the mirror, by descriptor number, and what the loop watches it for.
final class SocketTable {
    private enum Use {
        /// A connection is being made that libcurl may lose sight of.
        case connecting(ConnectionAttempt)
        /// A transfer has it, or nobody cares.
        case taken
        /// A transfer in HTTP/1 is done with it.
        case released(isEncrypted: Bool)
        /// Its connection is there for the next copy.
        case kept(isEncrypted: Bool)
    }

    private struct Entry {
        /// Nil for a number that is free, and for libcurl's own sockets, because nothing announces their end.
        var use: Use?
        /// Kept when libcurl lets the socket go: it takes it back for the next request.
        var watcher: IOWatcher?
    }

    private let loop: EventLoop
    /// Called when a connection was ended because the mirror spoke on it while no copy was under way.
    var spokeUnasked: () -> Void = {}
    /// Called with a socket that libcurl waits for.
    var ready: (curl_socket_t, IOEvents) -> Void = { _, _ in }
    private var entries: [Entry] = []
    /// Sockets that libcurl has let go in the call that is under way.
    private var released: [curl_socket_t] = []
    /// Attempts that came to nothing, unknown to libcurl.
    private var failed: [ConnectionAttempt] = []

    init(loop: EventLoop) { self.loop = loop }

    // MARK: open and close

    /// `socket` was opened by `handle`; a negative one could not be.
    func opened(_ socket: curl_socket_t, by handle: ConnectingHandle) {
        let attempt = ConnectionAttempt.areLost ? ConnectionAttempt(socket, by: handle) : nil
        guard socket >= 0 else {
            if let attempt { failed.append(attempt) }
            return
        }
        makeRoom(for: socket)
        if entries[Int(socket)].use != nil {
            lost(socket)
            // libcurl may take it for the older one with its number, and say nothing of it.
            entries[Int(socket)].watcher?.renew()
        }
        entries[Int(socket)].use = attempt.map { .connecting($0) } ?? .taken
    }

    /// `socket` is about to be closed.
    func closes(_ socket: curl_socket_t) {
        makeRoom(for: socket)
        entries[Int(socket)].watcher?.stop()
        ended(socket)
    }

    /// What libcurl has connected with `socket` is not its own any more, but for the end.
    func handedOver(_ socket: curl_socket_t) {
        makeRoom(for: socket)
        entries[Int(socket)].watcher?.stop()
        entries[Int(socket)].use = .taken
    }

    /// libcurl has closed `socket` without telling.
    private func lost(_ socket: curl_socket_t) {
        ended(socket)
        MirrorSocket.forget(socket)
    }

    private func ended(_ socket: curl_socket_t) {
        if case .connecting(let attempt)? = entries[Int(socket)].use { failed.append(attempt) }
        entries[Int(socket)].use = nil
    }

    private func makeRoom(for socket: curl_socket_t) {
        while entries.count <= Int(socket) { entries.append(Entry()) }
    }

    // MARK: watch

    /// What `easy` waits for at `socket`: CURL_POLL_IN, OUT, INOUT or REMOVE (CURLMOPT_SOCKETFUNCTION(3)).
    func watch(_ socket: curl_socket_t, _ what: Int32, _ easy: UnsafeMutableRawPointer?) {
        makeRoom(for: socket)
        guard what != CURL_POLL_REMOVE else { return unsafe letGo(socket, by: easy) }
        switch entries[Int(socket)].use {
        // What it has to say is waited for once it is connected.
        case .connecting where what & CURL_POLL_IN == 0: break
        case .some: entries[Int(socket)].use = .taken
        case nil: break
        }
        let watcher =
            entries[Int(socket)].watcher
            ?? IOWatcher(loop: loop, priority: .mirror) { [unowned self] in fired(socket, $0) }
        entries[Int(socket)].watcher = watcher
        watcher.watch(socket, for: IOEvents(curl: what))
    }

    private func letGo(_ socket: curl_socket_t, by easy: UnsafeMutableRawPointer?) {
        let use = entries[Int(socket)].use
        if case .connecting(let attempt)? = use {
            entries[Int(socket)].watcher?.stop()
            if attempt.isClosed(socket) { lost(socket) }
        } else if use != nil, let user = unsafe ConnectingHandle.of(easy)?.user, user.endedInHTTP1 {
            // The watcher stays as it is: mostly, the next copy wants the same.
            entries[Int(socket)].use = .released(isEncrypted: user.isEncrypted)
            released.append(socket)
        } else {
            entries[Int(socket)].watcher?.stop()
        }
    }

    private func fired(_ socket: curl_socket_t, _ events: IOEvents) {
        if case .kept(let isEncrypted)? = entries[Int(socket)].use {
            lookAtKept(socket, isEncrypted)
        } else {
            ready(socket, events)
        }
    }

    // MARK: after libcurl's calls

    /// Finds what was kept. Only a socket that is still there when libcurl is back was; it may also have been taken by the next
    /// transfer.
    func lookAtReleased() {
        while let socket = released.popLast() {
            guard case .released(let isEncrypted)? = entries[Int(socket)].use else { continue }
            entries[Int(socket)].use = .kept(isEncrypted: isEncrypted)
            lookAtKept(socket, isEncrypted)
        }
    }

    /// Leaves the watcher on as long as there is nothing to read. Over TLS that may be a goodbye, or a ticket for another session:
    /// the connection is ended as well, and nothing is said of it.
    private func lookAtKept(_ socket: curl_socket_t, _ isEncrypted: Bool) {
        switch KeptConnection.state(of: socket) {
        case .quiet:
            entries[Int(socket)].watcher?.watch(socket, for: .read)
            return
        case .ended: break
        case .talks: if KeptConnection.end(socket), !isEncrypted { spokeUnasked() }
        }
        entries[Int(socket)].use = .taken
        entries[Int(socket)].watcher?.stop()
    }

    /// Makes libcurl go on with the transfers that have a failed attempt.
    func goOn() {
        let attempts = failed
        failed = []
        for attempt in attempts { attempt.goOn() }
    }
}

extension IOEvents {
    /// CURL_POLL_IN, OUT and INOUT.
    fileprivate init(curl what: Int32) {
        self = []
        if what & CURL_POLL_IN != 0 { insert(.read) }
        if what & CURL_POLL_OUT != 0 { insert(.write) }
    }
}
