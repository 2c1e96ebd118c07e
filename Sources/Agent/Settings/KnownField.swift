internal import SPOP

/// A header field by its name, as far as the name says that it is more than text for the mirror.
enum KnownField: UInt8 {
    /// None of the others.
    case other
    /// Belongs to the connection between HAProxy and production, whatever Connection says of it (RFC 9110, section 7.6.1; RFC
    /// 7540, section 3.2.1), or asks for an answer that nobody waits for (Expect).
    ///
    /// What else Connection names is no such field: that list is for what an intermediary forwards, and HAProxy has forwarded these.
    case hopByHop
    case host, contentLength, transferEncoding, te, forwardedFor, requestID
    /// Of some schemes, it speaks for the whole connection.
    case authorization
    /// The trace context.
    case traceparent, tracestate

    /// Field names are compared without case (RFC 9110, section 5.1). The length sorts out nearly all of them.
    init(_ name: Range<Int>, in block: RawSpan) {
        self =
            switch name.count {
            case 2 where block.equalsIgnoringCase(name, "te"): .te
            case 4 where block.equalsIgnoringCase(name, "host"): .host
            case 6 where block.equalsIgnoringCase(name, "expect"): .hopByHop
            case 7 where block.equalsIgnoringCase(name, "trailer"): .hopByHop
            case 7 where block.equalsIgnoringCase(name, "upgrade"): .hopByHop
            case 10 where block.equalsIgnoringCase(name, "connection"): .hopByHop
            case 10 where block.equalsIgnoringCase(name, "keep-alive"): .hopByHop
            case 10 where block.equalsIgnoringCase(name, "tracestate"): .tracestate
            case 11 where block.equalsIgnoringCase(name, "traceparent"): .traceparent
            case 12 where block.equalsIgnoringCase(name, "x-request-id"): .requestID
            case 13 where block.equalsIgnoringCase(name, "authorization"): .authorization
            case 14 where block.equalsIgnoringCase(name, "http2-settings"): .hopByHop
            case 14 where block.equalsIgnoringCase(name, "content-length"): .contentLength
            case 15 where block.equalsIgnoringCase(name, "x-forwarded-for"): .forwardedFor
            case 16 where block.equalsIgnoringCase(name, "proxy-connection"): .hopByHop
            case 17 where block.equalsIgnoringCase(name, "transfer-encoding"): .transferEncoding
            case 19 where block.equalsIgnoringCase(name, "proxy-authorization"): .authorization
            default: .other
            }
    }

    /// The field frames or addresses its message: another value would change what the message is.
    var framesMessage: Bool {
        switch self {
        case .hopByHop, .host, .contentLength, .transferEncoding, .te: true
        case .other, .forwardedFor, .requestID, .authorization, .traceparent, .tracestate: false
        }
    }
}
