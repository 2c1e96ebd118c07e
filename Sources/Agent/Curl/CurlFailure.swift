internal import CLibcurl
internal import COpenSSL
internal import Glibc
internal import System

/// Why no socket was opened for a transfer.
enum SocketRefusal {
    /// Its address is link-local, and such ones are not connected to.
    case linkLocal
    /// As many are open as may be.
    case mostAreOpen
    /// The system has none.
    case system(Int32)

    var text: String {
        switch self {
        case .linkLocal: "a link-local address is not connected to (--allow-link-local)"
        case .mostAreOpen: "half of the files that may be open are connections to the mirror (ulimit -n)"
        case .system(let code): "no socket: \(SystemError.text(of: code))"
        }
    }
}

/// What is said of a transfer that failed: what libcurl wrote into its error buffer, and the system into `errno`, know better than
/// the name of libcurl's code. No bytes of the request are in it.
extension CurlTransfer {
    /// One sentence in printable ASCII.
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
