internal import SPOP

/// What the parts of a request may consist of, so that they are at the mirror what they were at HAProxy.
enum FieldRules {
    /// RFC 9110, section 5.6.2.
    @inline(__always)
    static func isToken(_ range: Range<Int>, in payload: RawSpan) -> Bool {
        !range.isEmpty && range.allSatisfy { isTokenByte(payload.byte($0)) }
    }

    /// Looked up in two words, a bit for each byte of ASCII.
    @inline(__always)
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? lowTokens : highTokens) &>> UInt64(byte & 63) & 1 == 1
    }

    /// `!#$%&'*+-.` and digits.
    private static let lowTokens: UInt64 = 0x03FF_6CFA_0000_0000
    /// Letters and ``^_`|~``.
    private static let highTokens: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    /// No blank and no control byte: they would end the target early.
    static func isTarget(_ range: Range<Int>, in payload: RawSpan) -> Bool {
        !range.isEmpty && range.allSatisfy { payload.byte($0) > 0x20 && payload.byte($0) != 0x7F }
    }

    /// A name that is no token can be another to the mirror than to us: one with a blank before the colon, with a colon, or with
    /// the semicolon that means something to libcurl. HAProxy lets none through, unless it is told to take invalid requests.
    @inline(__always)
    static func isSendable(_ field: HeaderReader.Header, in block: RawSpan) -> Bool {
        isToken(field.name, in: block) && isValue(field.value, in: block)
    }

    /// Without a line break, and with nothing before it that libcurl would take away.
    @inline(__always)
    static func isValue(_ range: Range<Int>, in block: RawSpan) -> Bool {
        guard !block.containsLineBreak(range) else { return false }
        // libcurl takes vertical tabs and form feeds for blanks, and a value of blanks for none.
        let value = block.trimmed(range)
        return value.isEmpty || (block.byte(value.lowerBound) != 0x0B && block.byte(value.lowerBound) != 0x0C)
    }

    /// Credentials of NTLM or Negotiate: servers take them for all that comes on the connection (RFC 4559, section 6).
    static func authenticatesConnection(_ value: Range<Int>, in block: RawSpan) -> Bool {
        let value = block.trimmed(value)
        let scheme = value.lowerBound..<(value.first { block.byte($0) == 0x20 } ?? value.upperBound)
        return block.equalsIgnoringCase(scheme, "ntlm") || block.equalsIgnoringCase(scheme, "negotiate")
    }

    /// A TE that has `trailers` among what it lists (RFC 9110, section 10.1.4).
    static func listsTrailers(_ value: Range<Int>, in block: RawSpan) -> Bool {
        var start = value.lowerBound
        while start < value.upperBound {
            let end =
                (start..<value.upperBound).first { block.byte($0) == UInt8(ascii: ",") } ?? value.upperBound
            if block.equalsIgnoringCase(block.trimmed(start..<end), "trailers") { return true }
            start = end + 1
        }
        return false
    }

    /// A Content-Length: digits alone, at most 18 of them; nil for anything else.
    static func length(_ range: Range<Int>, in block: RawSpan) -> Int? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var length = 0
        for index in range {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = block.byte(index) else { return nil }
            length = length * 10 + Int(block.byte(index) - UInt8(ascii: "0"))
        }
        return length
    }
}
