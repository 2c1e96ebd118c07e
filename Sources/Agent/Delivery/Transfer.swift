internal import CLibcurl
internal import Glibc
internal import Stats
internal import System

/// One pooled easy handle and what libcurl must find in memory while it is busy.
///
/// Owned by the worker's `Delivery`; its address is the handle's CURLOPT_PRIVATE and callback data, so it lives as long
/// as the handle does.
@safe final class Transfer {
    let handle: UnsafeMutableRawPointer
    private(set) var request: MirrorRequest?
    /// On the monotonic clock, in seconds.
    private(set) var startedAt = 0.0
    /// Where the transfer stands in its owner's list.
    var slot = 0
    /// What becomes of its worker's sockets.
    let sockets: SocketTable
    /// What the handle verifies certificates with.
    var trusted: TrustStore?
    /// What the handle's connections show the mirror.
    var identity: ClientIdentity?
    /// HTTP/2 may be spoken, if the mirror knows it.
    var wantsHTTP2 = false
    /// Each copy gets a connection of its own.
    var isSingleUse = false
    /// What CURLOPT_FORBID_REUSE(3) is set to.
    private var forbidsReuse = false
    /// Where libcurl says what went wrong (CURLOPT_ERRORBUFFER(3)); it empties it when the handle is used again.
    let errorBuffer: UnsafeMutablePointer<CChar>
    /// A socket was opened for this request, and why another was not.
    private(set) var hasOpenedSocket = false
    private(set) var socketRefusal: SocketRefusal?
    private var answer = AnswerLimits()
    private let counters: CounterBank
    private var hasBegun = false
    /// It was sent again after bytes of it had been written: the mirror may have got it twice.
    private(set) var wasResent = false
    /// Bytes of the request that were written before that.
    private var writtenBefore = 0
    /// It was begun, came to nothing, and may not be begun again.
    private(set) var isRefused = false
    private var resend = Resend.idempotent
    private var origin: MirrorURL?
    private var settingsVersion = -1
    private var headerLines = HeaderLines()

    /// Fails when libcurl has no memory. Copies that are sent once more are counted at once, in `counters`.
    init?(sockets: SocketTable, counters: CounterBank) {
        self.counters = counters
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.pointee = 0
        self.sockets = sockets
        setUp()
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe errorBuffer.deallocate()
    }

    /// Whose handle `easy` is; nil for one that libcurl has for itself.
    static func of(_ easy: UnsafeMutableRawPointer?) -> Transfer? {
        guard let easy = unsafe easy else { return nil }
        var pointer: UnsafeMutableRawPointer?
        unsafe shim_easy_get_private(easy, &pointer)
        return unsafe pointer.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What never changes. Everything libcurl does on its own account is switched off: the request is the client's.
    private func setUp() {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_easy_set_pointer(handle, CURLOPT_PRIVATE, this)
        unsafe shim_easy_set_pointer(handle, CURLOPT_ERRORBUFFER, errorBuffer)
        unsafe shim_easy_set_pointer(handle, CURLOPT_OPENSOCKETDATA, this)
        // A connection keeps this for as long as it lives: longer than a transfer.
        let table = unsafe Unmanaged.passUnretained(sockets).toOpaque()
        unsafe shim_easy_set_pointer(handle, CURLOPT_CLOSESOCKETDATA, table)
        unsafe shim_easy_set_write_function(handle, { unsafe bodyArrived($0, $1, $2, $3) }, this)
        unsafe shim_easy_set_header_function(handle, { unsafe headerArrived($0, $1, $2, $3) }, this)
        unsafe shim_easy_set_prereq_function(handle, { this, _, _, _, _ in unsafe requestBegins(this) }, this)
        unsafe shim_easy_set_long(handle, CURLOPT_NOSIGNAL, 1)
        unsafe shim_easy_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        unsafe shim_easy_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe shim_easy_set_string(handle, CURLOPT_PROXY, "")
        // A time-out must not wait for the resolver's thread, which may be deep in getaddrinfo.
        unsafe shim_easy_set_long(handle, CURLOPT_QUICK_EXIT, 1)
        // Bodies are discarded: there is nothing to decode.
        unsafe shim_easy_set_long(handle, CURLOPT_HTTP_CONTENT_DECODING, 0)
        unsafe shim_easy_set_long(handle, CURLOPT_BUFFERSIZE, 16 << 10)
        // Below the 60 to 75 s after which servers drop idle connections: a request is not sent into a closing one.
        unsafe shim_easy_set_long(handle, CURLOPT_MAXAGE_CONN, 50)
        // A name that has got another address is followed, also while the old one goes on to answer.
        unsafe shim_easy_set_long(handle, CURLOPT_DNS_CACHE_TIMEOUT, 10)
        unsafe shim_easy_set_long(handle, CURLOPT_MAXLIFETIME_CONN, 60)
    }

    /// Makes the handle ready to send `request`. `version` tells whether `settings` are those it has already.
    func prepare(_ request: MirrorRequest, settings: Settings, version: Int, now: Double) {
        if version != settingsVersion {
            settingsVersion = version
            apply(settings)
        }
        self.request = request
        startedAt = now
        (hasBegun, wasResent, writtenBefore, isRefused) = (false, false, 0, false)
        (hasOpenedSocket, socketRefusal) = (false, nil)
        unsafe request.withUnsafeMutablePointers { layout, bytes in
            let layout = unsafe layout.pointee
            if origin !== layout.destination {
                origin = layout.destination
                unsafe shim_easy_set_string(handle, CURLOPT_URL, layout.destination.origin)
            }
            let text = unsafe UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: CChar.self)
            unsafe setBody(layout, bytes)
            if forbidsReuse != (isSingleUse || layout.authenticates) {
                forbidsReuse.toggle()
                unsafe shim_easy_set_long(handle, CURLOPT_FORBID_REUSE, forbidsReuse ? 1 : 0)
            }
            unsafe shim_easy_set_string(handle, CURLOPT_CUSTOMREQUEST, text)
            unsafe shim_easy_set_string(handle, CURLOPT_REQUEST_TARGET, text + layout.targetOffset)
            unsafe shim_easy_set_headers(
                handle, headerLines.link(text + layout.headersOffset, count: layout.headerCount))
        }
    }

    private func apply(_ settings: Settings) {
        answer.maxBody = settings.destination.maxResponse
        resend = settings.destination.resend
        unsafe shim_easy_set_long(
            handle, CURLOPT_CONNECTTIMEOUT_MS, settings.destination.connectTimeout.wholeMilliseconds)
        unsafe shim_easy_set_long(handle, CURLOPT_TIMEOUT_MS, settings.destination.timeout.wholeMilliseconds)
        settings.destination.transport.apply(to: self)
    }

    private func setBody(_ layout: MirrorRequest.Layout, _ bytes: UnsafeMutablePointer<UInt8>) {
        // A HEAD with a body cannot be told to libcurl: it is sent as a POST by another name.
        answer.reset(
            endsWithHeaders: layout.mayOpenTunnel || layout.answerHasNoBody && layout.bodyLength > 0)
        // An answer that announces more than is read is cut before its body; a HEAD's announces one that does not come.
        let maxSize = layout.answerHasNoBody ? 0 : max(1, answer.maxBody)
        unsafe shim_easy_set_offset(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(maxSize))
        if layout.bodyLength > 0 {
            // Each of these also undoes what the others set (CURLOPT_HTTPGET(3), CURLOPT_NOBODY(3)).
            unsafe shim_easy_set_long(handle, CURLOPT_POST, 1)
            unsafe shim_easy_set_pointer(handle, CURLOPT_POSTFIELDS, bytes + layout.bodyOffset)
            unsafe shim_easy_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(layout.bodyLength))
        } else if layout.answerHasNoBody {
            unsafe shim_easy_set_long(handle, CURLOPT_NOBODY, 1)
        } else {
            unsafe shim_easy_set_long(handle, CURLOPT_HTTPGET, 1)
        }
    }

    /// Has libcurl look at the transfer at its next call; nothing else comes of a pause that is over at once
    /// (curl_easy_pause(3)).
    func runSoon() {
        guard request != nil else { return }
        unsafe curl_easy_pause(handle, CURLPAUSE_SEND)
        unsafe curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    /// Lets the request go; the handle can be used again.
    func finish() -> MirrorRequest? {
        unsafe shim_easy_set_headers(handle, nil)
        headerLines.trim()
        return request.take()
    }

    // MARK: what came of it

    /// How the transfer ended, read from the handle once libcurl reports it done.
    func outcome(_ result: CURLcode) -> Outcome {
        // An answer that was cut off is an answer, and so is 101, behind which there is no other.
        let wasCut = result == CURLE_WRITE_ERROR || result == CURLE_FILESIZE_EXCEEDED
        if result == CURLE_OK || (wasCut && (status >= 200 || status == 101)) { return .response(status) }
        if isRefused { return .failed(.reset) }
        // On a connection that was kept from an earlier transfer, newer libcurls have no time of these.
        let isKept = hasBegun && connectionsOpened == 0
        let reason = FailureReason(
            result, wasResolved: isKept || size(CURLINFO_NAMELOOKUP_TIME_T) > 0,
            wasConnected: isKept || size(CURLINFO_PRETRANSFER_TIME_T) > 0)
        return .failed(reason == .reset && endedByAlert != nil ? .tls : reason)
    }

    /// A whole line of its answer has come.
    var answerHasBegun: Bool { answer.hasBegun }

    /// Its answer had more header lines than are taken.
    var isOverHeaderLimit: Bool { answer.isOverHeaderLimit }

    /// What a connection of the handle's failed with last, this request's or an earlier one's; 0 when none did.
    var systemError: Int32 { Int32(truncatingIfNeeded: number(CURLINFO_OS_ERRNO)) }

    /// The connection was ended with this answer, as nobody can say what comes behind it.
    var wasAmbiguous: Bool { answer.isAmbiguous }

    /// The mirror is reached over TLS.
    var isEncrypted: Bool { origin?.isEncrypted == true }

    /// It was answered in HTTP/1.
    var endedInHTTP1: Bool {
        guard wantsHTTP2 else { return true }
        let version = number(CURLINFO_HTTP_VERSION)
        return version == Int(CURL_HTTP_VERSION_1_1) || version == Int(CURL_HTTP_VERSION_1_0)
    }

    /// Connections that this transfer opened.
    var connectionsOpened: Int { number(CURLINFO_NUM_CONNECTS) }

    /// Bytes of request line, headers and body that were sent.
    var bytesSent: Int { number(CURLINFO_REQUEST_SIZE) + size(CURLINFO_SIZE_UPLOAD_T) }

    /// Bytes of answer that came.
    var bytesReceived: Int { number(CURLINFO_HEADER_SIZE) + answer.body }

    /// What the mirror answered in; `-` when it did not.
    var httpVersion: String {
        switch number(CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): "HTTP/1.0"
        case Int(CURL_HTTP_VERSION_1_1): "HTTP/1.1"
        case Int(CURL_HTTP_VERSION_2_0): "HTTP/2"
        default: "-"
        }
    }

    private var status: Int { number(CURLINFO_RESPONSE_CODE) }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        unsafe shim_easy_get_long(handle, info, &value)
        return value
    }

    private func size(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        unsafe shim_easy_get_offset(handle, info, &value)
        return Int(value)
    }

    // MARK: libcurl calls back

    fileprivate func takeBody(_ size: Int) -> Int { answer.takeBody(size) }

    fileprivate func takeHeader(_ line: RawSpan) -> Int { answer.takeHeader(line, status: status) }

    /// A connection is about to be opened for it; one for a copy that may not be sent would be opened for nothing.
    func mayConnect() -> Bool {
        isRefused = !isUnwritten && !mayBeResent
        return !isRefused
    }

    /// A socket was opened for it, or was not.
    func noteSocket(isOpen: Bool, _ refusal: SocketRefusal?) {
        if isOpen { hasOpenedSocket = true }
        if let refusal { socketRefusal = refusal }
    }

    /// A connection is there, and the request is about to be sent.
    func mayBegin() -> Bool {
        guard mayConnect() else { return false }
        if !isUnwritten {
            wasResent = true
            writtenBefore = number(CURLINFO_REQUEST_SIZE)
            counters.add(to: .resent)
        }
        hasBegun = true
        return true
    }

    /// Nothing of it is on its way, and it cannot arrive twice. libcurl gives up after five times.
    private var isUnwritten: Bool {
        guard hasBegun else { return true }
        return knowsWhatIsWritten && number(CURLINFO_REQUEST_SIZE) == writtenBefore
    }

    private var mayBeResent: Bool {
        guard let request, !wasResent, !answer.hasBegun else { return false }
        return resend.allows(request.method)
    }

    /// CURLINFO_REQUEST_SIZE grows with each write that the kernel took, so that no growth means not one byte. With TLS, records
    /// may be out when libcurl says that nothing was written, and with HTTP/2 the same goes for frames.
    private var knowsWhatIsWritten: Bool { !wantsHTTP2 && !isEncrypted }
}

private func bodyArrived(
    _: UnsafeMutablePointer<CChar>?, _ one: Int, _ size: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer else { return 0 }
    return unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().takeBody(one * size)
}

private func headerArrived(
    _ line: UnsafeMutablePointer<CChar>?, _ one: Int, _ size: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer else { return 0 }
    let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: line, count: one * size))
    return unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().takeHeader(bytes)
}

/// CURLOPT_PREREQFUNCTION(3), which libcurl calls each time that it is about to send the request. It does so again by itself, up
/// to five times, when a kept connection ends without an answer or an HTTP/2 mirror refuses the stream, and when one asks for
/// HTTP/1.1. No option keeps it from that.
private func requestBegins(_ transfer: UnsafeMutableRawPointer?) -> Int32 {
    guard let transfer = unsafe transfer else { return CURL_PREREQFUNC_ABORT }
    let mayBegin = unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().mayBegin()
    return mayBegin ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
