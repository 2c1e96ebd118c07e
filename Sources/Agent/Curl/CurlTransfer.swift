internal import CLibcurl
internal import System

/// One pooled easy handle and what libcurl must find in memory while it is busy.
///
/// Owned by the worker's `CurlTransport`; its address is the handle's CURLOPT_PRIVATE and callback data, so it lives as long
/// as the handle does.
@safe final class CurlTransfer: Transfer {
    let handle: EasyHandle
    /// What becomes of its worker's sockets.
    let sockets: SocketTable
    /// What the handle's options are made from.
    private(set) var settings = DestinationSettings()
    private(set) var answer = AnswerLimits()
    /// What CURLOPT_FORBID_REUSE(3) is set to.
    private var forbidsReuse = false
    /// Where libcurl says what went wrong (CURLOPT_ERRORBUFFER(3)); it empties it when the handle is used again.
    let errorBuffer: UnsafeMutablePointer<CChar>
    /// A socket was opened for this request, and why another was not.
    var hasOpenedSocket = false
    var socketRefusal: SocketRefusal?
    private(set) var hasBegun = false
    /// It was sent again after bytes of it had been written: the mirror may have got it twice.
    private(set) var wasResent = false
    /// Bytes of the request that were written before that.
    private var writtenBefore = 0
    /// It was begun, came to nothing, and may not be begun again.
    private(set) var isRefused = false
    /// Its place among those that wait for their mirror's name; nil when it does not.
    var waitNumber: Int?
    /// Of its mirror; nil before its first copy.
    private(set) var url: MirrorURL?
    /// Addresses that libcurl was given; it keeps no copy of them.
    private var addresses: ResolveList?
    private var settingsVersion = -1
    private var headerLines = HeaderLines()

    /// Fails when libcurl has no memory.
    init?(sockets: SocketTable) {
        guard let handle = EasyHandle() else { return nil }
        self.handle = handle
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.pointee = 0
        self.sockets = sockets
        super.init()
        setUp()
    }

    deinit { unsafe errorBuffer.deallocate() }

    /// Whose handle `easy` is; nil for one that libcurl has for itself.
    static func of(_ easy: UnsafeMutableRawPointer?) -> CurlTransfer? {
        guard let easy = unsafe easy else { return nil }
        var pointer: UnsafeMutableRawPointer?
        unsafe shim_easy_get_private(easy, &pointer)
        return unsafe object(at: pointer)
    }

    /// What never changes. Everything libcurl does on its own account is switched off: the request is the client's.
    private func setUp() {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe handle.set(CURLOPT_PRIVATE, pointer: this)
        unsafe handle.set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        unsafe handle.set(CURLOPT_OPENSOCKETDATA, pointer: this)
        unsafe shim_easy_set_open_socket_function(
            handle.pointer, { unsafe MirrorSocket.open($2, for: object(at: $0)) })
        // A connection keeps this for as long as it lives: longer than a transfer.
        unsafe handle.set(CURLOPT_CLOSESOCKETDATA, pointer: Unmanaged.passUnretained(sockets).toOpaque())
        unsafe shim_easy_set_close_socket_function(
            handle.pointer, { unsafe MirrorSocket.close($1, of: object(at: $0)) })
        unsafe shim_easy_set_write_function(
            handle.pointer,
            { unsafe object(at: $3, as: CurlTransfer.self)?.answer.takeBody($1 * $2) ?? 0 }, this)
        unsafe shim_easy_set_header_function(
            handle.pointer,
            { unsafe object(at: $3, as: CurlTransfer.self)?.takeHeader($0, $1 * $2) ?? 0 }, this)
        unsafe shim_easy_set_prereq_function(
            handle.pointer,
            { this, _, _, _, _ in
                let mayBegin = unsafe object(at: this, as: CurlTransfer.self)?.mayBegin() == true
                return mayBegin ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }, this)
        handle.set(CURLOPT_NOSIGNAL, true)
        handle.set(CURLOPT_FOLLOWLOCATION, false)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_PROXY, "")
        // libcurl looks up no name as long as it remembers the addresses that it was given, by this or a later transfer.
        handle.set(CURLOPT_DNS_CACHE_TIMEOUT, 3600)
        // After that, a time-out must not wait for a thread that may be deep in getaddrinfo.
        handle.set(CURLOPT_QUICK_EXIT, true)
        // Bodies are discarded: there is nothing to decode.
        handle.set(CURLOPT_HTTP_CONTENT_DECODING, false)
        handle.set(CURLOPT_BUFFERSIZE, 16 << 10)
        // Below the 60 to 75 s after which servers drop idle connections: a request is not sent into a closing one.
        handle.set(CURLOPT_MAXAGE_CONN, 50)
        // A name that has got another address is followed, also while the old one goes on to answer.
        handle.set(CURLOPT_MAXLIFETIME_CONN, 60)
    }

    /// Makes the handle ready to send `copy`. `version` tells whether `settings` are those it has already.
    func prepare(
        _ copy: MirrorRequest, for owner: any TransferOwner, settings: DestinationSettings, version: Int,
        now: Double
    ) {
        if version != settingsVersion {
            settingsVersion = version
            self.settings = settings
            answer.maxBody = settings.maxResponse
            setOptions()
        }
        begin(copy, for: owner, now: now)
        (hasBegun, wasResent, writtenBefore, isRefused) = (false, false, 0, false)
        (hasOpenedSocket, socketRefusal) = (false, nil)
        unsafe copy.withUnsafeMutablePointers { layout, bytes in
            let layout = unsafe layout.pointee
            if url !== layout.url {
                url = layout.url
                handle.set(CURLOPT_URL, layout.url.origin)
            }
            unsafe setMethodAndBody(layout, bytes)
            if forbidsReuse != (isSingleUse || layout.authenticates) {
                forbidsReuse.toggle()
                handle.set(CURLOPT_FORBID_REUSE, forbidsReuse)
            }
            // libcurl wants strings that end with a NUL: the blanks of the request line give the room.
            unsafe bytes[layout.method.upperBound] = 0
            unsafe bytes[layout.target.upperBound] = 0
            let text = unsafe UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: CChar.self)
            unsafe handle.set(CURLOPT_CUSTOMREQUEST, cString: text + layout.method.lowerBound)
            unsafe handle.set(CURLOPT_REQUEST_TARGET, cString: text + layout.target.lowerBound)
            unsafe shim_easy_set_headers(
                handle.pointer, headerLines.link(text, layout.fields, count: layout.fieldCount))
        }
    }

    /// Has libcurl connect to `addresses` of its mirror's name; nil when there is no name.
    func use(_ addresses: ResolveList?) {
        guard addresses != nil || self.addresses != nil else { return }
        self.addresses = addresses
        unsafe shim_easy_set_resolve(handle.pointer, addresses?.list)
        handle.set(CURLOPT_ADDRESS_SCOPE, addresses?.zone ?? 0)
    }

    /// It has waited for its name for so many seconds: less is left for the rest.
    func shortenTimeouts(by seconds: Double) {
        func rest(_ limit: Duration) -> Int { max(1, limit.wholeMilliseconds - Int(seconds * 1000)) }
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, rest(settings.connectTimeout))
        handle.set(CURLOPT_TIMEOUT_MS, rest(settings.timeout))
        // The handle's next copy has all of them again.
        settingsVersion = -1
    }

    /// A HEAD with a body cannot be told to libcurl: it is sent as a POST by another name.
    private func setMethodAndBody(_ layout: MirrorRequest.Layout, _ bytes: UnsafeMutablePointer<UInt8>) {
        answer.reset(endsWithHeaders: layout.mayOpenTunnel || layout.answerHasNoBody && !layout.body.isEmpty)
        // An answer that announces more than is read is cut before its body; a HEAD's announces one that does not come.
        handle.set(CURLOPT_MAXFILESIZE_LARGE, layout.answerHasNoBody ? 0 : max(1, answer.maxBody))
        // Each of these also undoes what the others set (CURLOPT_HTTPGET(3), CURLOPT_NOBODY(3)).
        if !layout.body.isEmpty {
            handle.set(CURLOPT_POST, true)
            unsafe handle.set(CURLOPT_POSTFIELDS, pointer: bytes + layout.body.lowerBound)
            handle.set(CURLOPT_POSTFIELDSIZE_LARGE, layout.body.count)
        } else if layout.answerHasNoBody {
            handle.set(CURLOPT_NOBODY, true)
        } else {
            handle.set(CURLOPT_HTTPGET, true)
        }
    }

    /// Has libcurl look at the transfer at its next call; nothing else comes of a pause that is over at once
    /// (curl_easy_pause(3)).
    func runSoon() {
        guard copy != nil else { return }
        unsafe curl_easy_pause(handle.pointer, CURLPAUSE_SEND)
        unsafe curl_easy_pause(handle.pointer, CURLPAUSE_CONT)
    }

    /// Lets the copy go; the handle can be used again.
    func finish() -> MirrorRequest? {
        unsafe shim_easy_set_headers(handle.pointer, nil)
        headerLines.trim()
        return letGo()
    }

    /// The mirror is reached over TLS.
    var isEncrypted: Bool { url?.isEncrypted == true }

    // MARK: libcurl calls back

    private func takeHeader(_ line: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
        let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: line, count: size))
        return answer.takeHeader(bytes, status: status)
    }

    /// A connection is about to be opened for it; one for a copy that may not be sent would be opened for nothing.
    func mayConnect() -> Bool {
        isRefused = !isUnwritten && !mayBeResent
        return !isRefused
    }

    /// A connection is there, and the request is about to be sent: libcurl asks each time (CURLOPT_PREREQFUNCTION(3)). It sends
    /// again by itself, up to five times, when a kept connection ends without an answer or an HTTP/2 mirror refuses the stream,
    /// and when one asks for HTTP/1.1. No option keeps it from that.
    func mayBegin() -> Bool {
        guard mayConnect() else { return false }
        if !isUnwritten {
            wasResent = true
            writtenBefore = handle.value(of: CURLINFO_REQUEST_SIZE)
            owner?.wasResent(self)
        }
        hasBegun = true
        return true
    }

    /// Nothing of it is on its way, and it cannot arrive twice. libcurl gives up after five times.
    private var isUnwritten: Bool {
        guard hasBegun else { return true }
        return knowsWhatIsWritten && handle.value(of: CURLINFO_REQUEST_SIZE) == writtenBefore
    }

    private var mayBeResent: Bool {
        guard let copy, !wasResent, !answer.hasBegun else { return false }
        return settings.resend.allows(copy.method)
    }

    /// HTTP/2 may be spoken, if the mirror knows it.
    var wantsHTTP2: Bool { settings.transport.httpVersion != .http1 }

    /// Each copy gets a connection of its own.
    var isSingleUse: Bool {
        settings.transport.httpVersion == .http2PriorKnowledge && !CurlTransport.canReusePriorKnowledge
    }

    /// CURLINFO_REQUEST_SIZE grows with each write that the kernel took, so that no growth means not one byte. With TLS, records
    /// may be out when libcurl says that nothing was written, and with HTTP/2 the same goes for frames.
    private var knowsWhatIsWritten: Bool { !wantsHTTP2 && !isEncrypted }
}
