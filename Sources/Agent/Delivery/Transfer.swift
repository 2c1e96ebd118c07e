internal import CLibcurl
internal import Glibc

/// One pooled easy handle and what libcurl must find in memory while it is busy.
///
/// Owned by the worker's `Delivery`; its address is the handle's CURLOPT_PRIVATE and WRITEDATA, so it lives as long as
/// the handle does.
@safe final class Transfer {
    let easy: OpaquePointer
    private(set) var request: MirrorRequest?
    /// On the monotonic clock, in seconds.
    private(set) var startedAt = 0.0
    /// Where the transfer stands in its owner's list.
    var slot = 0
    private(set) var bytesReceived = 0
    private var maxResponse = 0
    private var endsWithHeaders = false
    private var origin: Destination?
    private var settingsVersion = -1
    private var lines: UnsafeMutablePointer<curl_slist>
    private var lineCapacity = 64

    /// Fails when libcurl has no memory.
    init?() {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe easy = OpaquePointer(handle)
        unsafe lines = .allocate(capacity: lineCapacity)
        setUp()
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe lines.deallocate()
    }

    var handle: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(easy) }

    /// What never changes. Everything libcurl does on its own account is switched off: the request is the client's.
    private func setUp() {
        let this = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe shim_easy_set_pointer(handle, CURLOPT_PRIVATE, this)
        unsafe shim_easy_set_write_function(handle, { unsafe countAnswer($0, $1, $2, $3) }, this)
        unsafe shim_easy_set_long(handle, CURLOPT_NOSIGNAL, 1)
        unsafe shim_easy_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        unsafe shim_easy_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe shim_easy_set_string(handle, CURLOPT_PROXY, "")
        // Bodies are discarded: there is nothing to decode.
        unsafe shim_easy_set_long(handle, CURLOPT_HTTP_CONTENT_DECODING, 0)
        unsafe shim_easy_set_long(handle, CURLOPT_BUFFERSIZE, 16 << 10)
        // Below the 60 to 75 s after which servers drop idle connections: a request is not sent into a closing one.
        unsafe shim_easy_set_long(handle, CURLOPT_MAXAGE_CONN, 50)
    }

    /// Applies what an operator can set, when it changed since the last use of this handle.
    private func apply(_ settings: Settings, version: Int) {
        guard version != settingsVersion else { return }
        settingsVersion = version
        maxResponse = settings.maxResponse
        // An answer that announces more is cut before its body is read.
        unsafe shim_easy_set_offset(
            handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(max(1, settings.maxResponse)))
        unsafe shim_easy_set_long(
            handle, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.wholeMilliseconds)
        unsafe shim_easy_set_long(handle, CURLOPT_TIMEOUT_MS, settings.timeout.wholeMilliseconds)
        settings.transport.apply(to: self)
    }

    /// Makes the handle ready to send `request`.
    func prepare(_ request: MirrorRequest, settings: Settings, version: Int, now: Double) {
        apply(settings, version: version)
        self.request = request
        startedAt = now
        bytesReceived = 0
        unsafe request.withUnsafeMutablePointers { layout, bytes in
            let layout = unsafe layout.pointee
            if origin !== layout.destination {
                origin = layout.destination
                unsafe shim_easy_set_string(handle, CURLOPT_URL, layout.destination.origin)
            }
            let text = unsafe UnsafeMutableRawPointer(bytes).assumingMemoryBound(to: CChar.self)
            unsafe setBody(layout, bytes)
            unsafe shim_easy_set_string(handle, CURLOPT_CUSTOMREQUEST, text)
            unsafe shim_easy_set_string(handle, CURLOPT_REQUEST_TARGET, text + layout.targetOffset)
            unsafe shim_easy_set_headers(handle, link(text + layout.headersOffset, count: layout.headerCount))
        }
    }

    private func setBody(_ layout: MirrorRequest.Layout, _ bytes: UnsafeMutablePointer<UInt8>) {
        // A HEAD with a body cannot be told to libcurl: sent as a POST by another name, it would wait for the body of an
        // answer that has none.
        let endsWithHeaders = layout.answerHasNoBody && layout.bodyLength > 0
        if endsWithHeaders != self.endsWithHeaders {
            self.endsWithHeaders = endsWithHeaders
            let this = unsafe Unmanaged.passUnretained(self).toOpaque()
            unsafe shim_easy_set_header_function(
                handle, endsWithHeaders ? { unsafe endAtEmptyLine($0, $1, $2, $3) } : nil,
                endsWithHeaders ? this : nil)
        }
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

    /// Builds the header list in memory that is used again for the next request; libcurl only reads it
    /// (CURLOPT_HTTPHEADER(3): the list is not copied).
    ///
    /// A line that ends with its colon tells libcurl not to add that field by itself. "Host:" comes first for another
    /// reason: libcurl puts a custom Host in front of all other fields, unless the first Host it finds is empty. Then
    /// the client's own is sent like any field, in its place.
    private func link(_ first: UnsafeMutablePointer<CChar>, count: Int) -> UnsafeMutablePointer<curl_slist>? {
        unsafe OwnFields.names.withUnsafeBufferPointer { own in
            let total = own.count + count
            if total > lineCapacity {
                unsafe lines.deallocate()
                lineCapacity = total + total / 2
                unsafe lines = .allocate(capacity: lineCapacity)
            }
            var line = unsafe first
            for index in 0..<total {
                let next = unsafe index + 1 < total ? lines + index + 1 : nil
                if index < own.count {
                    unsafe (lines + index).initialize(to: curl_slist(data: own[index], next: next))
                } else {
                    unsafe (lines + index).initialize(to: curl_slist(data: line, next: next))
                    unsafe line += strlen(line) + 1
                }
            }
            return unsafe lines
        }
    }

    /// What came of it, read from the handle once libcurl reports it done.
    func outcome(_ result: CURLcode) -> Outcome {
        var status = 0
        unsafe shim_easy_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        // An answer that was cut off past max-response is an answer.
        let wasCut = result == CURLE_WRITE_ERROR || result == CURLE_FILESIZE_EXCEEDED
        if result == CURLE_OK || (wasCut && status >= 200) { return .response(status) }
        var (resolved, connected): (curl_off_t, curl_off_t) = (0, 0)
        unsafe shim_easy_get_offset(handle, CURLINFO_NAMELOOKUP_TIME_T, &resolved)
        unsafe shim_easy_get_offset(handle, CURLINFO_CONNECT_TIME_T, &connected)
        return .failed(FailureReason(result, wasResolved: resolved > 0, wasConnected: connected > 0))
    }

    /// Lets the request go; the handle can be used again.
    func finish() -> MirrorRequest? {
        unsafe shim_easy_set_headers(handle, nil)
        return request.take()
    }

    fileprivate func count(_ size: Int) -> Int {
        bytesReceived += size
        return bytesReceived <= maxResponse ? size : 0
    }
}

/// CURLOPT_WRITEFUNCTION(3): answers are counted and forgotten; returning less than `size` ends the transfer.
private func countAnswer(
    _ bytes: UnsafeMutablePointer<CChar>?, _ one: Int, _ size: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer else { return 0 }
    return unsafe Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().count(one * size)
}

/// CURLOPT_HEADERFUNCTION(3): ends the transfer behind the headers of the final answer.
private func endAtEmptyLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ one: Int, _ size: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
    guard let transfer = unsafe transfer, size <= 2 else { return one * size }
    var status = 0
    unsafe shim_easy_get_long(
        Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue().handle, CURLINFO_RESPONSE_CODE, &status
    )
    return status >= 200 ? 0 : one * size
}

/// Fields that libcurl would add by itself, as C strings that live for ever.
private enum OwnFields {
    nonisolated(unsafe) static let names: [UnsafeMutablePointer<CChar>?] = {
        let texts = ["Host:", "Accept:", "Content-Type:", "Expect:"]
        return unsafe texts.map { unsafe strdup($0) }
    }()
}

extension Duration {
    /// For libcurl's options in milliseconds, where 0 would mean "no limit": at least 1.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(clamping: seconds) &* 1000 &+ Int(attoseconds / 1_000_000_000_000_000))
    }

    /// For libev.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
