extension [UInt8] {
    /// Appends a variable-length integer (SPOE.txt, section 3.1), one to ten bytes.
    package mutating func appendVarint(_ value: UInt64) {
        append(addingCapacity: 10) { (output: inout OutputSpan<UInt8>) in output.append(varint: value) }
    }

    /// Appends a varint-prefixed string (SPOE.txt, section 3.1).
    package mutating func appendString(_ text: String) {
        appendVarint(UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }

    /// Appends four bytes, most significant first.
    package mutating func appendUInt32(_ value: UInt32) {
        append(UInt8(truncatingIfNeeded: value >> 24))
        append(UInt8(truncatingIfNeeded: value >> 16))
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }
}

extension OutputSpan<UInt8> {
    /// Appends a variable-length integer (SPOE.txt, section 3.1), one to ten bytes.
    @inline(__always)
    mutating func append(varint value: UInt64) {
        guard value >= 240 else { return append(UInt8(value)) }
        append(UInt8(truncatingIfNeeded: value) | 240)
        var rest = (value - 240) >> 4
        while rest >= 128 {
            append(UInt8(truncatingIfNeeded: rest) | 128)
            rest = (rest - 128) >> 7
        }
        append(UInt8(rest))
    }
}
