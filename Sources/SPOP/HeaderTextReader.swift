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
        let lineBreak = (start..<block.byteCount - 1).first {
            block.byte($0) == 0x0D && block.byte($0 + 1) == 0x0A
        }
        guard let end = lineBreak else { throw DecodeError(.truncated, at: start) }
        offset = end + 2
        if end == start {
            guard offset == block.byteCount else {
                throw DecodeError(.violation("bytes behind the last header"), at: offset)
            }
            return nil
        }
        guard let colon = block.firstIndex(of: UInt8(ascii: ":"), in: start..<end), colon > start else {
            throw DecodeError(.violation("header line without a name"), at: start)
        }
        return HeaderReader.Header(name: start..<colon, value: block.trimmed(colon + 1..<end))
    }
}
