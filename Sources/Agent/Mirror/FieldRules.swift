internal import SPOP

/// What the parts of a request may consist of, so that they are at the mirror what they were at HAProxy.
enum FieldRules {
    /// No blank and no control byte: they would end the target early.
    static func isTarget(_ range: Range<Int>, in payload: RawSpan) -> Bool {
        !range.isEmpty && range.allSatisfy { payload.byte($0) > 0x20 && payload.byte($0) != 0x7F }
    }

    /// A name that is no token can be another to the mirror than to us: one with a blank before the colon, with a colon, or with
    /// the semicolon that means something to libcurl. HAProxy lets none through, unless an option makes it accept invalid requests.
    @inline(__always)
    static func isSendable(_ field: HeaderReader.Header, in block: RawSpan) -> Bool {
        block.isToken(field.name) && isValue(field.value, in: block)
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
        let scheme = value.lowerBound..<(block.firstIndex(of: 0x20, in: value) ?? value.upperBound)
        return block.equalsIgnoringCase(scheme, "ntlm") || block.equalsIgnoringCase(scheme, "negotiate")
    }

    /// A TE that has `trailers` among what it lists (RFC 9110, section 10.1.4).
    static func listsTrailers(_ value: Range<Int>, in block: RawSpan) -> Bool {
        var rest = value
        while let comma = block.firstIndex(of: UInt8(ascii: ","), in: rest) {
            if block.equalsIgnoringCase(block.trimmed(rest.lowerBound..<comma), "trailers") { return true }
            rest = comma + 1..<rest.upperBound
        }
        return block.equalsIgnoringCase(block.trimmed(rest), "trailers")
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
