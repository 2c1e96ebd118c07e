internal import CLibcurl

/// An easy handle that connects to mirrors, and what libcurl must find in memory while it does: what a transfer of libcurl's and a
/// connection of our own have in common.
///
/// Its address is the handle's CURLOPT_PRIVATE and callback data, so it lives as long as the handle does.
@safe final class ConnectingHandle {
    let easy: EasyHandle
    /// What becomes of its worker's sockets.
    let sockets: SocketTable
    /// What the handle's options are made from.
    private(set) var settings = DestinationSettings()
    private var settingsVersion = -1
    /// Whom it works for. Whoever dies as such sets it to nil.
    unowned var user: (any HandleUser)?
    /// Where libcurl says what went wrong (CURLOPT_ERRORBUFFER(3)); it empties it when the handle is used again.
    let errorBuffer: UnsafeMutablePointer<CChar>
    /// A socket was opened for this use, and why another was not.
    var hasOpenedSocket = false
    var socketRefusal: SocketRefusal?
    /// What a probe offers in place of libcurl (ALPN, RFC 7301, section 3.1); empty for all others.
    private(set) var protocols: [UInt8] = []
    /// Addresses that libcurl was given; it keeps no copy of them.
    private var addresses: ResolveList?

    /// Fails when libcurl has no memory.
    init?(sockets: SocketTable) {
        guard let easy = EasyHandle() else { return nil }
        self.easy = easy
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.pointee = 0
        self.sockets = sockets
        setUp()
    }

    deinit { unsafe errorBuffer.deallocate() }

    /// Whose handle `easy` is; nil for one that libcurl has for itself.
    static func of(_ easy: UnsafeMutableRawPointer?) -> ConnectingHandle? {
        guard let easy = unsafe easy else { return nil }
        var pointer: UnsafeMutableRawPointer?
        unsafe shim_easy_get_private(easy, &pointer)
        return unsafe object(at: pointer)
    }

    /// What never changes. Everything libcurl does on its own account is switched off.
    private func setUp() {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe easy.set(CURLOPT_PRIVATE, pointer: this)
        unsafe easy.set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        unsafe easy.set(CURLOPT_OPENSOCKETDATA, pointer: this)
        unsafe shim_easy_set_open_socket_function(
            easy.pointer, { unsafe MirrorSocket.open($2, for: object(at: $0)) })
        // A connection keeps this for as long as it lives: longer than a transfer.
        unsafe easy.set(CURLOPT_CLOSESOCKETDATA, pointer: Unmanaged.passUnretained(sockets).toOpaque())
        unsafe shim_easy_set_close_socket_function(
            easy.pointer, { unsafe MirrorSocket.close($1, of: object(at: $0)) })
        easy.set(CURLOPT_NOSIGNAL, true)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_PROXY, "")
        // libcurl looks up no name as long as it remembers the addresses that it was given, by this or a later handle.
        easy.set(CURLOPT_DNS_CACHE_TIMEOUT, 3600)
        // After that, a time-out must not wait for a thread that may be deep in getaddrinfo.
        easy.set(CURLOPT_QUICK_EXIT, true)
    }

    /// Connects as `settings` say from now on. `version` tells whether they are those it has already; true when they are not.
    func apply(_ settings: DestinationSettings, version: Int) -> Bool {
        guard version != settingsVersion else { return false }
        settingsVersion = version
        self.settings = settings
        setOptions()
        return true
    }

    /// Has the next `apply` set all options again.
    func forgetSettings() { settingsVersion = -1 }

    /// It is used once more.
    func begin() { (hasOpenedSocket, socketRefusal) = (false, nil) }

    /// Has libcurl connect to `addresses` of its mirror's name; nil when there is no name. To be called for each use: libcurl reads
    /// them once.
    func use(_ addresses: ResolveList?) {
        guard addresses != nil || self.addresses != nil else { return }
        self.addresses = addresses
        unsafe shim_easy_set_resolve(easy.pointer, addresses?.list)
        easy.set(CURLOPT_ADDRESS_SCOPE, addresses?.zone ?? 0)
    }

    /// Has it offer `protocols` over TLS, and libcurl make nothing of the choice: of HTTP/2 it would begin to send something.
    func offer(_ protocols: [UInt8]) {
        self.protocols = protocols
        easy.set(CURLOPT_SSL_ENABLE_ALPN, protocols.isEmpty)
    }

    /// Connections that were opened in this use.
    var connectionsOpened: Int { easy.value(of: CURLINFO_NUM_CONNECTS) }

    /// Has libcurl look at the handle at its next call; nothing else comes of a pause that is over at once
    /// (curl_easy_pause(3)).
    func runSoon() {
        guard user?.isUnderWay == true else { return }
        unsafe curl_easy_pause(easy.pointer, CURLPAUSE_SEND)
        unsafe curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
    }
}

/// Whom a handle works for.
protocol HandleUser: AnyObject {
    /// libcurl has work to do for it.
    var isUnderWay: Bool { get }

    /// It was answered in HTTP/1, and libcurl may keep the connection for the next one.
    var endedInHTTP1: Bool { get }

    /// The mirror is reached over TLS.
    var isEncrypted: Bool { get }

    /// Whether a connection may be opened for it, to be asked just before.
    func mayConnect() -> Bool
}
