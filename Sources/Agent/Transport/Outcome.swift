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

    /// The same for a breaker.
    var ending: Breaker.Ending {
        switch self {
        case .response: .answered
        case .failed(let reason): reason.isUnreachable ? .unreachable : .failed
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
    /// Anything else.
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
}
