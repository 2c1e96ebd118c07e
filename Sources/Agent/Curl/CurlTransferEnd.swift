internal import CLibcurl
internal import COpenSSL
internal import System

/// What came of a transfer, read from the handle once libcurl reports it done.
extension CurlTransfer {
    func end(_ result: CURLcode, because cause: String? = nil) -> TransferEnd {
        let outcome = outcome(result)
        var detail: String?
        if case .failed = outcome { detail = cause ?? failureText(result) }
        return TransferEnd(
            outcome: outcome,
            bytesSent: handle.value(of: CURLINFO_REQUEST_SIZE) + handle.value(of: CURLINFO_SIZE_UPLOAD_T),
            bytesReceived: handle.value(of: CURLINFO_HEADER_SIZE) + answer.body,
            connectionsOpened: connectionsOpened, httpVersion: httpVersion, wasResent: wasResent,
            wasAmbiguous: answer.isAmbiguous, detail: detail)
    }

    /// How it ended.
    func outcome(_ result: CURLcode) -> Outcome {
        // An answer that was cut off is an answer, and so is 101, behind which there is no other.
        let wasCut = result == CURLE_WRITE_ERROR || result == CURLE_FILESIZE_EXCEEDED
        if result == CURLE_OK || (wasCut && (status >= 200 || status == 101)) { return .response(status) }
        if isRefused { return .failed(.reset) }
        // On a connection that was kept from an earlier transfer, newer libcurls have no time of these.
        let isKept = hasBegun && connectionsOpened == 0
        let reason = FailureReason(
            result, wasConnected: isKept || handle.value(of: CURLINFO_PRETRANSFER_TIME_T) > 0)
        return .failed(reason == .reset && endedByAlert != nil ? .tls : reason)
    }

    /// The status code of the answer, or of an interim one; 0 before.
    var status: Int { handle.value(of: CURLINFO_RESPONSE_CODE) }

    /// Connections that this transfer opened.
    var connectionsOpened: Int { handle.value(of: CURLINFO_NUM_CONNECTS) }

    /// It was answered in HTTP/1.
    var endedInHTTP1: Bool {
        guard wantsHTTP2 else { return true }
        let version = handle.value(of: CURLINFO_HTTP_VERSION)
        return version == Int(CURL_HTTP_VERSION_1_1) || version == Int(CURL_HTTP_VERSION_1_0)
    }

    private var httpVersion: String {
        switch handle.value(of: CURLINFO_HTTP_VERSION) {
        case Int(CURL_HTTP_VERSION_1_0): "HTTP/1.0"
        case Int(CURL_HTTP_VERSION_1_1): "HTTP/1.1"
        case Int(CURL_HTTP_VERSION_2_0): "HTTP/2"
        default: "-"
        }
    }

    // MARK: what is said of a failure

    /// One sentence in printable ASCII, with no bytes of the request. What libcurl wrote into its error buffer, and the system into
    /// `errno`, know better than the name of libcurl's code.
    func failureText(_ code: CURLcode) -> String {
        if isRefused { return "The connection ended without an answer; not sent again" }
        if answer.isOverHeaderLimit {
            return """
                the answer's headers are over \(AnswerLimits.maxHeaderBytes >> 10) KiB \
                or \(AnswerLimits.maxHeaderLines) lines
                """
        }
        switch code {
        case CURLE_COULDNT_CONNECT:
            // Of an earlier transfer's connection, if this one has not got as far.
            let systemError = Int32(truncatingIfNeeded: handle.value(of: CURLINFO_OS_ERRNO))
            let reason = hasOpenedSocket && systemError != 0 ? SystemError.text(of: systemError) : nil
            let reasons = [reason, socketRefusal?.text].compactMap { $0 }
            return reasons.isEmpty ? errorText(code) : reasons.joined(separator: "; ")
        default:
            let hint =
                endedByAlert == TLS13_AD_CERTIFICATE_REQUIRED
                ? "the mirror wants a client certificate (--tls-cert): " : ""
            return hint + errorText(code)
        }
    }

    private func errorText(_ code: CURLcode) -> String {
        let text = unsafe String(cString: errorBuffer)
        return unsafe PrintableText.sentence(
            text.isEmpty ? String(cString: curl_easy_strerror(code)).utf8 : text.utf8)
    }

    /// The alert with which the mirror ended TLS before a byte of its answer (RFC 8446, section 6.2); nil when it did not. In TLS 1.3
    /// what it thinks of the client's certificate comes when the handshake is over, and libcurl takes it for a broken connection.
    var endedByAlert: Int32? {
        guard !answer.hasBegun, connectionsOpened > 0 else { return nil }
        // libcurl has taken the error from OpenSSL, and left its number in the text: `error:0A00045C:...`.
        let parts = unsafe String(cString: errorBuffer).split(separator: ":", maxSplits: 8)
        guard let word = parts.firstIndex(where: { $0.hasSuffix("error") }), word + 1 < parts.count,
            let number = UInt(parts[word + 1], radix: 16), ERR_GET_LIB(number) == ERR_LIB_SSL,
            ERR_GET_REASON(number) > SSL_AD_REASON_OFFSET
        else { return nil }
        return ERR_GET_REASON(number) - SSL_AD_REASON_OFFSET
    }
}

extension TransferEnd {
    /// Of a transfer that never got as far as libcurl.
    init(unsent reason: FailureReason, because cause: String) {
        self.init(
            outcome: .failed(reason), bytesSent: 0, bytesReceived: 0, connectionsOpened: 0, httpVersion: "-",
            wasResent: false, wasAmbiguous: false, detail: cause)
    }
}

extension FailureReason {
    /// Sorts libcurl's result codes (libcurl-errors(3)). A time-out counts for the phase that it struck.
    fileprivate init(_ code: CURLcode, wasConnected: Bool) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .dns
            case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: .connect
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
                CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
                CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED,
                CURLE_SSL_ENGINE_NOTFOUND,
                CURLE_SSL_ENGINE_SETFAILED:
                .tls
            case CURLE_OPERATION_TIMEDOUT: wasConnected ? .timeout : .connect
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .reset
            default: .other
            }
    }

    /// What libcurl would have reported for it; what no code of its own has, as an interruption.
    var code: CURLcode {
        switch self {
        case .dns: CURLE_COULDNT_RESOLVE_HOST
        case .connect: CURLE_COULDNT_CONNECT
        case .tls: CURLE_SSL_CONNECT_ERROR
        case .timeout: CURLE_OPERATION_TIMEDOUT
        case .reset: CURLE_RECV_ERROR
        case .other: CURLE_ABORTED_BY_CALLBACK
        }
    }
}
