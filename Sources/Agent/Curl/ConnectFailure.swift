internal import CLibcurl
internal import COpenSSL
internal import System

/// Why a handle has failed, and what is said of it.
extension ConnectingHandle {
    /// `isConnected` says that it began with a connection, `isAnswered` that a byte of the answer has come. The text is one sentence
    /// in printable ASCII, with no bytes of the request.
    func failure(
        _ code: CURLcode, isConnected: Bool = false, isAnswered: Bool = false
    ) -> (reason: FailureReason, text: String) {
        (
            reason(code, isConnected: isConnected, isAnswered: isAnswered),
            failureText(code, isAnswered: isAnswered)
        )
    }

    func reason(_ code: CURLcode, isConnected: Bool, isAnswered: Bool) -> FailureReason {
        let reason = FailureReason(
            code, wasConnected: isConnected || easy.value(of: CURLINFO_PRETRANSFER_TIME_T) > 0)
        return reason == .reset && alert(isAnswered: isAnswered) != nil ? .tls : reason
    }

    /// What libcurl wrote into its error buffer, and the system into `errno`, know better than the name of libcurl's code.
    func failureText(_ code: CURLcode, isAnswered: Bool) -> String {
        switch code {
        case CURLE_COULDNT_CONNECT:
            // Of an earlier transfer's connection, if this one has not got as far.
            let systemError = Int32(truncatingIfNeeded: easy.value(of: CURLINFO_OS_ERRNO))
            let reason = hasOpenedSocket && systemError != 0 ? SystemError.text(of: systemError) : nil
            let reasons = [reason, socketRefusal?.text].compactMap { $0 }
            return reasons.isEmpty ? errorText(code) : reasons.joined(separator: "; ")
        default:
            let hint =
                alert(isAnswered: isAnswered) == TLS13_AD_CERTIFICATE_REQUIRED
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
    private func alert(isAnswered: Bool) -> Int32? {
        guard !isAnswered, connectionsOpened > 0 else { return nil }
        // libcurl has taken the error from OpenSSL, and left its number in the text: `error:0A00045C:...`.
        let parts = unsafe String(cString: errorBuffer).split(separator: ":", maxSplits: 8)
        guard let word = parts.firstIndex(where: { $0.hasSuffix("error") }), word + 1 < parts.count,
            let number = UInt(parts[word + 1], radix: 16), ERR_GET_LIB(number) == ERR_LIB_SSL,
            ERR_GET_REASON(number) > SSL_AD_REASON_OFFSET
        else { return nil }
        return ERR_GET_REASON(number) - SSL_AD_REASON_OFFSET
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
