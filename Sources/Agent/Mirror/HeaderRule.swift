internal import SPOP

/// What happens to a header field on its way to the mirror.
enum HeaderRule {
    /// Sent as it is.
    case keep
    /// Belongs to the connection between HAProxy and production, whatever Connection says of it (RFC 9110, section 7.6.1; RFC
    /// 7540, section 3.2.1), or asks for an answer that nobody waits for (Expect).
    ///
    /// What else Connection names is kept: that list is for what an intermediary forwards, and HAProxy has forwarded these.
    case drop
    /// Rewritten to the number of bytes really sent.
    case contentLength
    /// Kept; the renderer adds none of its own.
    case host
    /// Dropped, but for `trailers` on the way to a mirror that may be spoken to in HTTP/2.
    case te
    /// Dropped; a body that was chunked gets a Content-Length.
    case transferEncoding
    /// Kept; the client's address is added to the last of them.
    case forwardedFor
    /// Kept; the renderer adds none of its own.
    case requestID
    /// Kept; of some schemes, it speaks for the whole connection.
    case authorization

    /// Field names are compared without case (RFC 9110, section 5.1). The length sorts out nearly all of them.
    init(name: Range<Int>, in block: RawSpan) {
        self =
            switch name.count {
            case 2 where block.equalsIgnoringCase(name, "te"): .te
            case 4 where block.equalsIgnoringCase(name, "host"): .host
            case 6 where block.equalsIgnoringCase(name, "expect"): .drop
            case 7 where block.equalsIgnoringCase(name, "trailer"): .drop
            case 7 where block.equalsIgnoringCase(name, "upgrade"): .drop
            case 10 where block.equalsIgnoringCase(name, "connection"): .drop
            case 10 where block.equalsIgnoringCase(name, "keep-alive"): .drop
            case 12 where block.equalsIgnoringCase(name, "x-request-id"): .requestID
            case 13 where block.equalsIgnoringCase(name, "authorization"): .authorization
            case 14 where block.equalsIgnoringCase(name, "http2-settings"): .drop
            case 14 where block.equalsIgnoringCase(name, "content-length"): .contentLength
            case 15 where block.equalsIgnoringCase(name, "x-forwarded-for"): .forwardedFor
            case 16 where block.equalsIgnoringCase(name, "proxy-connection"): .drop
            case 17 where block.equalsIgnoringCase(name, "transfer-encoding"): .transferEncoding
            case 19 where block.equalsIgnoringCase(name, "proxy-authorization"): .authorization
            default: .keep
            }
    }
}
