internal import CLibcurl
internal import Stats

/// How a transfer ended.
enum Outcome: Hashable {
    /// The mirror answered with this status code.
    case response(Int)
    /// It did not.
    case failed(FailureReason)

    var counter: Counter {
        switch self {
        case .response(..<200): .responses1xx
        case .response(..<300): .responses2xx
        case .response(..<400): .responses3xx
        case .response(..<500): .responses4xx
        case .response: .responses5xx
        case .failed(let reason): reason.counter
        }
    }
}

/// Why the mirror did not answer.
enum FailureReason: Hashable {
    /// Its name did not resolve.
    case dns
    /// No connection within connect-timeout, or refused.
    case connect
    /// The TLS handshake failed.
    case tls
    /// No full answer within timeout.
    case timeout
    /// The connection broke.
    case reset
    /// Anything else libcurl reports.
    case other

    /// No connection came about: the next copy would most likely fare the same.
    var isUnreachable: Bool {
        switch self {
        case .dns, .connect, .tls: true
        case .timeout, .reset, .other: false
        }
    }

    /// For the log.
    var label: String {
        switch self {
        case .dns: "name not resolved"
        case .connect: "connect failed"
        case .tls: "TLS failed"
        case .timeout: "timed out"
        case .reset: "connection broke"
        case .other: "transfer failed"
        }
    }

    var counter: Counter {
        switch self {
        case .dns: .failedDNS
        case .connect: .failedConnect
        case .tls: .failedTLS
        case .timeout: .failedTimeout
        case .reset: .failedReset
        case .other: .failedOther
        }
    }

    /// Sorts libcurl's result codes (libcurl-errors(3)). A time-out counts for the phase that it struck.
    init(_ code: CURLcode, wasResolved: Bool, wasConnected: Bool) {
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
            case CURLE_OPERATION_TIMEDOUT: !wasResolved ? .dns : !wasConnected ? .connect : .timeout
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .reset
            default: .other
            }
    }
}
