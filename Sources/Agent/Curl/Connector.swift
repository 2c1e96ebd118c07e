internal import CLibcurl
internal import System

/// Connections to mirrors that libcurl makes and then leaves to us (CURLOPT_CONNECT_ONLY(3)): it knows how to try one address after
/// the other, in time, from the right source, and to verify who is there. One worker's, on that worker's thread.
final class Connector {
    private let multi: MultiHandle
    private var settings: DestinationSettings
    private var settingsVersion = 0
    private var pool: [ConnectingHandle] = []

    /// Handles that are kept for later connections, each some kilobytes.
    private static let mostPooled = 64

    /// Bytes that libcurl holds while it connects: the fewest that it takes. It reads nothing of that size.
    private static let bufferSize = 1024

    /// `queue` is that of the transport that it connects for. Throws when libcurl has no memory.
    init(loop: EventLoop, queue: SocketQueue, settings: DestinationSettings) throws(OutOfMemory) {
        multi = try MultiHandle(loop: loop, queue: queue)
        self.settings = settings
        multi.done = { handle, result in (handle.user as? MirrorConnection)?.made(result) }
    }

    /// Called with the reason when one call into libcurl had all connections of the worker shut down; not when that was one to
    /// `MirrorConnection`.
    var wasCutOff: (String) -> Void {
        get { multi.wasCutOff }
        set { multi.wasCutOff = newValue }
    }

    /// Uses `settings` for every connection that is begun from now on.
    func apply(_ settings: DestinationSettings) {
        self.settings = settings
        settingsVersion += 1
    }

    /// Begins to connect to `url`, which moves at the next `kick` or in the next pass. `addresses` are those that
    /// `Names` gives for its name; nil when it has none. `owner` gets the result, never from
    /// inside of this call; letting the connection go is as good as closing it. Nil, without such a call, when there is no memory.
    func connect(
        to url: MirrorURL, addresses: [String]?, for owner: any ConnectionOwner
    ) -> MirrorConnection? {
        guard let handle = pool.popLast() ?? makeHandle() else { return nil }
        if handle.apply(settings, version: settingsVersion) {
            // Nobody waits for it longer than a transfer may last.
            let most = min(settings.connectTimeout, settings.timeout)
            handle.easy.set(CURLOPT_CONNECTTIMEOUT_MS, most.wholeMilliseconds)
        }
        handle.easy.set(CURLOPT_BUFFERSIZE, Self.bufferSize)
        let connection = MirrorConnection(handle, to: url, of: self, for: owner)
        guard multi.add(handle, to: url, at: addresses) else { return nil }
        return connection
    }

    private func makeHandle() -> ConnectingHandle? {
        let handle = ConnectingHandle(sockets: multi.sockets)
        handle?.easy.set(CURLOPT_CONNECT_ONLY, true)
        handle?.easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        return handle
    }

    /// Lets libcurl do what is due. Owners may be called from inside of it.
    func kick() { multi.kick() }

    /// Closes what `handle` has connected to, or has begun to, and keeps it for later.
    func takeBack(_ handle: ConnectingHandle) {
        multi.remove(handle)
        if pool.count < Self.mostPooled { pool.append(handle) }
    }

    /// A call into libcurl took so long, in the middle of `kick` or another one, that all connections were shut down.
    func attachWasLong() { multi.callWasLong = true }

    /// `socket` is its connection's alone from now on.
    func handOver(_ socket: curl_socket_t) { multi.sockets.handedOver(socket) }
}

/// Gets the result of making a connection: one of the two calls, once, unless the connection is closed before.
protocol ConnectionOwner: AnyObject {
    /// It can be written and read. Nobody watches its socket yet.
    func connected(_ connection: MirrorConnection)

    /// It came to nothing, and is closed. `detail` is one sentence in printable ASCII.
    func failed(_ connection: MirrorConnection, as reason: FailureReason, _ detail: String)
}
