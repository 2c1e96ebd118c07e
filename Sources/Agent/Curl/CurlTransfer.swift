internal import CLibcurl
internal import System

/// One pooled easy handle and what libcurl must find in memory while it is busy.
///
/// Owned by the worker's `CurlTransport`; its address is the handle's callback data, so it lives as long as the handle does.
@safe final class CurlTransfer: Transfer, HandleUser {
    let handle: ConnectingHandle
    private(set) var answer = AnswerLimits()
    /// What CURLOPT_FORBID_REUSE(3) is set to.
    private var forbidsReuse = false
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
    private var headerLines = HeaderLines()

    /// Fails when libcurl has no memory.
    init?(sockets: SocketTable) {
        guard let handle = ConnectingHandle(sockets: sockets) else { return nil }
        self.handle = handle
        super.init()
        handle.user = self
        setUp()
    }

    deinit { handle.user = nil }

    var easy: EasyHandle { _read { yield handle.easy } }

    /// What never changes. The request is the client's: libcurl follows and decodes nothing.
    private func setUp() {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_easy_set_write_function(
            easy.pointer,
            { unsafe object(at: $3, as: CurlTransfer.self)?.answer.takeBody($1 * $2) ?? 0 }, this)
        unsafe shim_easy_set_header_function(
            easy.pointer,
            { unsafe object(at: $3, as: CurlTransfer.self)?.takeHeader($0, $1 * $2) ?? 0 }, this)
        unsafe shim_easy_set_prereq_function(
            easy.pointer,
            { this, _, _, _, _ in
                let mayBegin = unsafe object(at: this, as: CurlTransfer.self)?.mayBegin() == true
                return mayBegin ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
            }, this)
        easy.set(CURLOPT_BUFFERSIZE, 16 << 10)
        easy.set(CURLOPT_FOLLOWLOCATION, false)
        // Bodies are discarded: there is nothing to decode.
        easy.set(CURLOPT_HTTP_CONTENT_DECODING, false)
        // Below the 60 to 75 s after which servers drop idle connections: a request is not sent into a closing one.
        easy.set(CURLOPT_MAXAGE_CONN, 50)
        // A name that has got another address is followed, also while the old one goes on to answer.
        easy.set(CURLOPT_MAXLIFETIME_CONN, 60)
    }

    /// Makes the handle ready to send `copy`. `version` tells whether `settings` are those it has already.
    func prepare(
        _ copy: MirrorRequest, for owner: any TransferOwner, settings: DestinationSettings, version: Int,
        now: Double
    ) {
        if handle.apply(settings, version: version) {
            answer.maxBody = settings.maxResponse
            setOptions()
        }
        begin(copy, for: owner, now: now)
        (hasBegun, wasResent, writtenBefore, isRefused) = (false, false, 0, false)
        handle.begin()
        unsafe copy.withUnsafeMutablePointers { layout, bytes in
            let layout = unsafe layout.pointee
            if url !== layout.url {
                url = layout.url
                easy.set(CURLOPT_URL, layout.url.origin)
            }
            unsafe setMethodAndBody(layout, bytes)
            if forbidsReuse != (isSingleUse || layout.authenticates) {
                forbidsReuse.toggle()
                easy.set(CURLOPT_FORBID_REUSE, forbidsReuse)
            }
            // libcurl wants strings that end with a NUL: the blanks of the request line give the room.
            unsafe bytes[layout.method.upperBound] = 0
            unsafe bytes[layout.target.upperBound] = 0
            let text = unsafe UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: CChar.self)
            unsafe easy.set(CURLOPT_CUSTOMREQUEST, cString: text + layout.method.lowerBound)
            unsafe easy.set(CURLOPT_REQUEST_TARGET, cString: text + layout.target.lowerBound)
            unsafe shim_easy_set_headers(
                easy.pointer, headerLines.link(text, layout.fields, count: layout.fieldCount))
        }
    }

    /// It has waited for its name for so many seconds: less is left for the rest.
    func shortenTimeouts(by seconds: Double) {
        func rest(_ limit: Duration) -> Int { max(1, limit.wholeMilliseconds - Int(seconds * 1000)) }
        easy.set(CURLOPT_CONNECTTIMEOUT_MS, rest(handle.settings.connectTimeout))
        easy.set(CURLOPT_TIMEOUT_MS, rest(handle.settings.timeout))
        // The handle's next copy has all of them again.
        handle.forgetSettings()
    }

    /// libcurl knows no HEAD with a body: it is sent as a POST by another name.
    private func setMethodAndBody(_ layout: MirrorRequest.Layout, _ bytes: UnsafeMutablePointer<UInt8>) {
        answer.reset(endsWithHeaders: layout.mayOpenTunnel || layout.answerHasNoBody && !layout.body.isEmpty)
        // An answer that announces more than is read is cut before its body; a HEAD's announces one that does not come.
        easy.set(CURLOPT_MAXFILESIZE_LARGE, layout.answerHasNoBody ? 0 : max(1, answer.maxBody))
        // Each of these also undoes what the others set (CURLOPT_HTTPGET(3), CURLOPT_NOBODY(3)).
        if !layout.body.isEmpty {
            easy.set(CURLOPT_POST, true)
            unsafe easy.set(CURLOPT_POSTFIELDS, pointer: bytes + layout.body.lowerBound)
            easy.set(CURLOPT_POSTFIELDSIZE_LARGE, layout.body.count)
        } else if layout.answerHasNoBody {
            easy.set(CURLOPT_NOBODY, true)
        } else {
            easy.set(CURLOPT_HTTPGET, true)
        }
    }

    /// Lets the copy go; the handle can be used again.
    func finish() -> MirrorRequest? {
        unsafe shim_easy_set_headers(easy.pointer, nil)
        headerLines.trim()
        return letGo()
    }

    var isUnderWay: Bool { copy != nil }

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
    /// again on its own, up to five times, when a kept connection ends without an answer or an HTTP/2 mirror refuses the stream,
    /// and when one asks for HTTP/1.1. No option prevents that.
    func mayBegin() -> Bool {
        guard mayConnect() else { return false }
        if !isUnwritten {
            wasResent = true
            writtenBefore = easy.value(of: CURLINFO_REQUEST_SIZE)
            owner?.wasResent(self)
        }
        hasBegun = true
        return true
    }

    /// Nothing of it is on its way, and it cannot arrive twice. libcurl gives up after five times.
    private var isUnwritten: Bool {
        guard hasBegun else { return true }
        return knowsWhatIsWritten && easy.value(of: CURLINFO_REQUEST_SIZE) == writtenBefore
    }

    private var mayBeResent: Bool {
        guard let copy, !wasResent, !answer.hasBegun else { return false }
        return handle.settings.resend.allows(copy.method)
    }

    /// HTTP/2 may be spoken, if the mirror knows it.
    var wantsHTTP2: Bool { handle.settings.transport.httpVersion != .http1 }

    /// Each copy gets a connection of its own.
    var isSingleUse: Bool {
        handle.settings.transport.httpVersion == .http2PriorKnowledge && !CurlTransport.canReusePriorKnowledge
    }

    /// CURLINFO_REQUEST_SIZE grows with each write that the kernel took, so that no growth means not one byte. With TLS, records
    /// may be out when libcurl says that nothing was written, and with HTTP/2 the same goes for frames.
    private var knowsWhatIsWritten: Bool { !wantsHTTP2 && !isEncrypted }
}
