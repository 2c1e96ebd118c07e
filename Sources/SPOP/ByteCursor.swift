/// The one reader of peer bytes: walks a span front to back and throws where it would leave it.
///
/// Every length is compared with `remaining` before any arithmetic on it, so no input traps.
package struct ByteCursor: ~Escapable {
    private let bytes: RawSpan
    /// Bytes read so far.
    package private(set) var offset = 0

    /// A cursor on the first byte of `bytes`.
    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) { self.bytes = bytes }

    /// Bytes not yet read.
    package var remaining: Int { bytes.byteCount &- offset }

    /// True at the end of the span.
    package var isAtEnd: Bool { remaining == 0 }

    /// One byte.
    @inline(__always)
    package mutating func readByte() throws(DecodeError) -> UInt8 {
        guard remaining > 0 else { throw DecodeError(.truncated, at: offset) }
        offset &+= 1
        return bytes.byte(offset &- 1)
    }

    /// Four bytes, most significant first.
    package mutating func readUInt32() throws(DecodeError) -> UInt32 {
        guard remaining >= 4 else { throw DecodeError(.truncated, at: offset) }
        offset &+= 4
        return bytes.uint32(offset &- 4)
    }

    /// A variable-length integer (SPOE.txt, section 3.1): one byte below 240, else four low bits in the
    /// first byte and seven in each one that follows, the high bit set on all but the last.
    @inline(__always)
    package mutating func readVarint() throws(DecodeError) -> UInt64 {
        let first = try readByte()
        return first < 240 ? UInt64(first) : try readLongVarint(first: first)
    }

    private mutating func readLongVarint(first: UInt8) throws(DecodeError) -> UInt64 {
        let start = offset &- 1
        var value = UInt64(first)
        var shift: UInt64 = 4
        while true {
            let byte = try readByte()
            // Bits are added, not or-ed: 240 of the first byte stays in the sum, as HAProxy does it.
            let (part, lost) = (UInt64(byte) << shift, shift > 56 && UInt64(byte) >> (64 &- shift) != 0)
            let (sum, overflow) = value.addingReportingOverflow(part)
            guard !lost, !overflow else { throw DecodeError(.varintOverflow, at: start) }
            value = sum
            if byte < 128 { return value }
            shift &+= 7
            guard shift < 64 else { throw DecodeError(.varintOverflow, at: start) }
        }
    }

    /// A varint that counts bytes: at most what remains.
    @inline(__always)
    package mutating func readLength() throws(DecodeError) -> Int {
        let start = offset
        let length = try readVarint()
        guard length <= UInt64(remaining) else { throw DecodeError(.truncated, at: start) }
        return Int(length)
    }

    /// A varint-prefixed string, as the range it takes in the span.
    @inline(__always)
    package mutating func readString() throws(DecodeError) -> Range<Int> {
        try readBytes(count: readLength())
    }

    /// The next `count` bytes, as the range they take in the span.
    @inline(__always)
    package mutating func readBytes(count: Int) throws(DecodeError) -> Range<Int> {
        guard count >= 0, count <= remaining else { throw DecodeError(.truncated, at: offset) }
        let start = offset
        offset &+= count
        return start..<offset
    }
}
