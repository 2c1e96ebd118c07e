internal import SPOP

/// Walks a body in chunks up to its trailers (RFC 9112, section 7.1).
struct ChunkReader {
    enum Event {
        /// All bytes of the piece were looked at.
        case more
        /// So many bytes of an extension: they are ignored, and cost.
        case extensionBytes(Int)
        /// A chunk of so many bytes begins.
        case chunk(UInt64)
        /// So many bytes of body.
        case body(Int)
        /// Trailers follow.
        case lastChunk
        /// Others may see the body's end elsewhere.
        case unclear
        /// These are no chunks.
        case malformed
    }

    private enum Place { case size, extensions, sizeEnd, data, dataReturn, dataEnd }

    /// Hexadecimal digits of a size that are read; libcurl takes as many.
    private static let maxDigits = 16

    private var place = Place.size
    private var digits = 0
    /// Of the chunk, then what is left of it.
    private var size: UInt64 = 0

    /// Goes on at `offset` of `bytes`, to the next event. To be called until it says `more` or an end.
    mutating func next(_ bytes: RawSpan, _ offset: inout Int) -> Event {
        while offset < bytes.byteCount {
            guard let event = place == .data ? takeData(bytes, &offset) : takeFraming(bytes, &offset) else {
                continue
            }
            return event
        }
        return .more
    }

    private mutating func takeData(_ bytes: RawSpan, _ offset: inout Int) -> Event {
        let count = min(Int(clamping: size), bytes.byteCount - offset)
        offset += count
        size -= UInt64(count)
        if size == 0 { place = .dataReturn }
        return .body(count)
    }

    private mutating func takeFraming(_ bytes: RawSpan, _ offset: inout Int) -> Event? {
        if place == .extensions {
            let end = bytes.firstControl(offset..<bytes.byteCount)
            if end > offset {
                defer { offset = end }
                return .extensionBytes(end - offset)
            }
        }
        let byte = bytes.byte(offset)
        offset += 1
        switch (place, byte) {
        case (.size, _): return takeSize(byte)
        case (.extensions, 0x0D): place = .sizeEnd
        // Lines that end without CR, and CR that ends no line.
        case (.extensions, _), (.dataReturn, 0x0A): return .unclear
        case (.sizeEnd, 0x0A): return endSize()
        case (.sizeEnd, _): return .unclear
        case (.dataReturn, 0x0D): place = .dataEnd
        case (.dataEnd, 0x0A): (place, digits, size) = (.size, 0, 0)
        case (.dataReturn, _), (.dataEnd, _), (.data, _): return .malformed
        }
        return nil
    }

    private mutating func takeSize(_ byte: UInt8) -> Event? {
        if let digit = Self.value(ofHexDigit: byte) {
            digits += 1
            guard digits <= Self.maxDigits else { return .malformed }
            size = size << 4 | digit
            return nil
        }
        guard digits > 0 else { return .malformed }
        switch byte {
        case 0x0D: place = .sizeEnd
        // Servers of old fill the size up with blanks.
        case UInt8(ascii: ";"), 0x20, 0x09: place = .extensions
        default: return .unclear
        }
        return nil
    }

    private mutating func endSize() -> Event {
        guard size > 0 else { return .lastChunk }
        place = .data
        return .chunk(size)
    }

    private static func value(ofHexDigit byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
