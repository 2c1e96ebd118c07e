internal import SPOP

/// Finds the lines of an answer's head in pieces that may be cut anywhere.
///
/// A line that is whole in its piece is looked at where it stands; of one that is cut the beginning is kept.
struct LineReader {
    enum Finding {
        /// The line has come to its end.
        case line
        /// It goes on in another piece.
        case open
        /// There is a NUL in it.
        case nul
        /// It is longer than it may be.
        case tooLong
    }

    /// Bytes of a line that are looked at. What matters is shorter, and a peer cannot have more than these kept.
    static let visibleBytes = 256

    /// Bytes of the line that came, with those of its break.
    private(set) var size = 0
    /// The beginning of a line that is cut; nil when it stands in its piece.
    var kept: [UInt8]? { isCut ? beginning : nil }
    /// What is visible of the line in its piece, or in `kept`, with its break.
    private(set) var visible = 0..<0
    /// Bytes of its break, CR LF or LF.
    private var breakSize = 0
    /// It ends with CR LF, and there is no other CR in it.
    private(set) var isClean = false

    private var beginning: [UInt8] = []
    private var isCut = false
    private var carriageReturns = 0
    private var lastByte: UInt8 = 0
    private var hasEnded = true

    /// What is visible of it without its break.
    var content: Range<Int> {
        visible.lowerBound..<min(visible.upperBound, visible.lowerBound + size - breakSize)
    }
    /// All of it is visible.
    var isWhole: Bool { size - breakSize <= Self.visibleBytes }

    /// Lets go of a line that has not come to its end.
    mutating func reset() { hasEnded = true }

    /// Goes on with the line at `offset`, or with another when that has ended. It may have `room` bytes.
    @inline(__always)
    mutating func find(in bytes: RawSpan, _ offset: inout Int, room: Int) -> Finding {
        if hasEnded { begin() }
        guard room > size else { return .tooLong }
        let start = offset
        let end = min(bytes.byteCount, start + room - size)
        let finding = scan(bytes, &offset, end)
        let before = offset - 2 >= start ? bytes.byte(offset - 2) : lastByte
        size += offset - start
        if isCut || finding == .open {
            keep(bytes, start..<offset)
        } else {
            visible = start..<min(offset, start + Self.visibleBytes)
        }
        if finding == .line {
            hasEnded = true
            breakSize = before == 0x0D ? 2 : 1
            isClean = before == 0x0D && carriageReturns == 1
        }
        return finding == .open && size == room ? .tooLong : finding
    }

    private mutating func begin() {
        (size, visible, breakSize, carriageReturns, lastByte) = (0, 0..<0, 0, 0, 0)
        (isCut, hasEnded) = (false, false)
    }

    /// Goes behind the end of the line, or to `end`.
    @inline(__always)
    private mutating func scan(_ bytes: RawSpan, _ offset: inout Int, _ end: Int) -> Finding {
        while true {
            offset = bytes.firstControl(offset..<end)
            guard offset < end else { return .open }
            let control = bytes.byte(offset)
            offset += 1
            switch control {
            case 0x0A: return .line
            case 0x0D: carriageReturns += 1
            case 0: return .nul
            default: break
            }
        }
    }

    private mutating func keep(_ bytes: RawSpan, _ range: Range<Int>) {
        if !isCut { beginning.removeAll(keepingCapacity: true) }
        isCut = true
        for index in range.prefix(Self.visibleBytes - beginning.count) { beginning.append(bytes.byte(index)) }
        lastByte = bytes.byte(range.upperBound - 1)
        visible = 0..<beginning.count
    }
}

extension RawSpan {
    /// The index of the first control character that is not a tab; the end of `range` when it has none.
    @inline(__always)
    func firstControl(_ range: Range<Int>) -> Int {
        var index = range.lowerBound
        while range.upperBound - index >= 8 {
            let word = UInt64(
                littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
            // The upper bit of each byte below 0x20. A borrow may set others, but only above the first of them.
            let controls = (word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080
            guard controls != 0 else {
                index += 8
                continue
            }
            index += controls.trailingZeroBitCount / 8
            guard byte(index) == 0x09 else { return index }
            index += 1
        }
        while index < range.upperBound, byte(index) >= 0x20 || byte(index) == 0x09 { index += 1 }
        return index
    }
}
