/// What is asked of bytes that others sent, by ranges of their span. A range must be inside of the span.
///
/// What a copy asks of each byte or field is `@inlinable`: without that, a copy of 16 fields costs a tenth more to make.
extension RawSpan {
    /// The byte at `index`, which must be inside.
    @inlinable @inline(__always)
    package func byte(_ index: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self) }

    /// The four bytes at `index`, most significant first.
    @inline(__always)
    package func uint32(_ index: Int) -> UInt32 {
        UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self))
    }

    /// The eight bytes at `index`, least significant first.
    @inline(__always)
    package func littleEndianWord(at index: Int) -> UInt64 {
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The bytes of `range` as text; what is not UTF-8 is replaced. For names and messages, not for the hot path.
    package func text(_ range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// A copy of the first bytes of `range`, at most `limit` of them.
    package func bytes(_ range: Range<Int>, limit: Int = .max) -> [UInt8] {
        range.prefix(limit).map { byte($0) }
    }

    /// Where `wanted` first is in `range`.
    package func firstIndex(of wanted: UInt8, in range: Range<Int>) -> Int? {
        range.first { byte($0) == wanted }
    }

    /// `range` without blanks at both ends.
    @inlinable @inline(__always)
    package func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, byte(lower) == 0x20 || byte(lower) == 0x09 { lower += 1 }
        while upper > lower, byte(upper - 1) == 0x20 || byte(upper - 1) == 0x09 { upper -= 1 }
        return lower..<upper
    }

    /// True when one of the bytes would end a header line or a C string early.
    @inlinable @inline(__always)
    package func containsLineBreak(_ range: Range<Int>) -> Bool {
        // Without an early exit the loop is one that the compiler turns into vector code.
        var found = false
        for index in range {
            let value = byte(index)
            found = found || value == 0x0D || value == 0x0A || value == 0
        }
        return found
    }

    /// True when the bytes of `range` are a token: what methods and field names are (RFC 9110, section 5.6.2).
    @inlinable @inline(__always)
    package func isToken(_ range: Range<Int>) -> Bool {
        !range.isEmpty && range.allSatisfy { byte($0).isTokenByte }
    }
}

// MARK: comparing

extension RawSpan {
    /// True when the bytes of `range` are those of `text`.
    @inlinable @inline(__always)
    package func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return unsafe extracting(range).withUnsafeBytes { bytes in
            for index in 0..<bytes.count where unsafe bytes[index] != text.utf8Start[index] { return false }
            return true
        }
    }

    /// True when the bytes of `range` are those of `other`.
    @inlinable @inline(__always)
    package func matches(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
        guard range.count == other.count else { return false }
        return unsafe extracting(range).withUnsafeBytes { unsafe $0.elementsEqual(other) }
    }

    /// True when the bytes of `range` are those of `lowercase`, ASCII letters compared without case.
    @inlinable @inline(__always)
    package func equalsIgnoringCase(_ range: Range<Int>, _ lowercase: StaticString) -> Bool {
        guard range.count == lowercase.utf8CodeUnitCount else { return false }
        for index in 0..<range.count {
            let expected = unsafe lowercase.utf8Start[index]
            let found = byte(range.lowerBound &+ index)
            if found != expected, found &+ 32 != expected || found < 0x41 || found > 0x5A { return false }
        }
        return true
    }

    /// True when the bytes of the two ranges are the same, ASCII letters compared without case.
    package func equalsIgnoringCase(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { byte($0).lowercased == byte($1).lowercased }
    }

    /// True when the bytes of `range` are those of `text`, ASCII letters compared without case.
    @inlinable package func equalsIgnoringCase(_ range: Range<Int>, _ text: [UInt8]) -> Bool {
        range.count == text.count && zip(range, text).allSatisfy { byte($0).lowercased == $1.lowercased }
    }
}

extension UInt8 {
    /// A letter of ASCII in lower case; any other byte as it is.
    @usableFromInline package var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self + 32 : self }

    /// It may stand in a token (RFC 9110, section 5.6.2). Looked up in two words, a bit for each byte of ASCII.
    @inlinable @inline(__always)
    package var isTokenByte: Bool {
        // `!#$%&'*+-.` and digits; letters and ``^_`|~``.
        let tokens: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return self < 128 && tokens &>> UInt64(self & 63) & 1 == 1
    }
}
