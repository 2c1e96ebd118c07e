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

extension RawSpan {
    /// The byte at `index`, which must be inside.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) }

    /// True when the bytes of `range` are those of `lowercase`, ASCII letters compared without case.
    @inline(__always)
    func equalsIgnoringCase(_ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        for index in 0..<range.count {
            let expected = unsafe lowercase.utf8Start[index]
            let found = byte(range.lowerBound &+ index)
            if found != expected, found &+ 32 != expected || found < 0x41 || found > 0x5A { return false }
        }
        return true
    }

    /// True when the bytes of the two ranges are the same, ASCII letters compared without case.
    func equalsIgnoringCase(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { folded(byte($0)) == folded(byte($1)) }
    }

    /// True when the bytes of `range` are those of `text`, ASCII letters compared without case.
    func equalsIgnoringCase(_ range: Range<Int>, _ text: [UInt8]) -> Bool {
        range.count == text.count && zip(range, text).allSatisfy { folded(byte($0)) == folded($1) }
    }

    /// True when one of the bytes would end a header line or a C string early.
    @inline(__always)
    func containsLineBreak(_ range: Range<Int>) -> Bool {
        // Without an early exit the loop is one that the compiler turns into vector code.
        var found = false
        for index in range {
            let value = byte(index)
            found = found || value == 0x0D || value == 0x0A || value == 0
        }
        return found
    }

    /// `range` without blanks at both ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, byte(lower) == 0x20 || byte(lower) == 0x09 { lower += 1 }
        while upper > lower, byte(upper - 1) == 0x20 || byte(upper - 1) == 0x09 { upper -= 1 }
        return lower..<upper
    }
}

/// ASCII letters in lower case.
private func folded(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte + 32 : byte }
