/// Walks what HAProxy's `req.hdrs` holds: `name: value` lines, each ended by CR LF, an empty line last
/// (HAProxy configuration manual, section 7.3.6).
package struct HeaderTextReader: ~Escapable {
    private let block: RawSpan
    private var offset = 0

    /// A reader on the first line of `block`.
    @_lifetime(copy block)
    package init(_ block: RawSpan) { self.block = block }

    /// The next header; nil behind the last. Throws for a line without a name, without a colon or without an end.
    package mutating func next() throws(DecodeError) -> HeaderReader.Header? {
        guard offset < block.byteCount else { return nil }
        let start = offset
        guard let end = lineEnd(from: start) else { throw DecodeError(.truncated, at: start) }
        offset = end + 2
        if end == start {
            guard offset == block.byteCount else {
                throw DecodeError(.violation("bytes behind the last header"), at: offset)
            }
            return nil
        }
        guard let colon = (start..<end).first(where: { byte($0) == UInt8(ascii: ":") }), colon > start else {
            throw DecodeError(.violation("header line without a name"), at: start)
        }
        var (lower, upper) = (colon + 1, end)
        while lower < upper, isBlank(lower) { lower += 1 }
        while upper > lower, isBlank(upper - 1) { upper -= 1 }
        return HeaderReader.Header(name: start..<colon, value: lower..<upper)
    }

    private func lineEnd(from start: Int) -> Int? {
        var index = start
        while index + 1 < block.byteCount {
            if byte(index) == 0x0D, byte(index + 1) == 0x0A { return index }
            index += 1
        }
        return nil
    }

    private func byte(_ index: Int) -> UInt8 {
        unsafe block.unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    private func isBlank(_ index: Int) -> Bool { byte(index) == 0x20 || byte(index) == 0x09 }
}
