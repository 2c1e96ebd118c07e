/// Walks the headers of a message, in either of the forms that HAProxy gives (its configuration manual, section 7.3.6).
package struct HeaderReader: ~Escapable {
    /// How HAProxy encoded the headers.
    package enum Form: Sendable {
        /// `req.hdrs_bin`: pairs of varint-prefixed name and value, ended by an empty pair.
        case binary
        /// `req.hdrs`: `name: value` lines, each ended by CR LF, an empty line last.
        case text
    }

    /// One header, as ranges of the block.
    package struct Header {
        /// The field name, never empty.
        package let name: Range<Int>
        /// The field value, possibly empty.
        package let value: Range<Int>
    }

    private let block: RawSpan
    private let form: Form
    private var cursor: ByteCursor
    private var isDone = false

    /// A reader on the first header of `block`.
    @_lifetime(copy block)
    package init(_ block: RawSpan, form: Form = .binary) {
        self.block = block
        self.form = form
        cursor = ByteCursor(block)
    }

    /// The next header; nil behind the last. Throws when the end mark is missing, when bytes follow it, or when a header
    /// has no name.
    package mutating func next() throws(DecodeError) -> Header? {
        // A block of no bytes is no header at all; one that merely runs out lacks its end mark.
        if isDone || (cursor.offset == 0 && cursor.isAtEnd) { return nil }
        switch form {
        case .binary: return try nextPair()
        case .text: return try nextLine()
        }
    }

    private mutating func nextPair() throws(DecodeError) -> Header? {
        let start = cursor.offset
        let header = Header(name: try cursor.readString(), value: try cursor.readString())
        if !header.name.isEmpty { return header }
        guard header.value.isEmpty, cursor.isAtEnd else {
            throw DecodeError(.violation("header without a name, or bytes behind the last"), at: start)
        }
        isDone = true
        return nil
    }

    private mutating func nextLine() throws(DecodeError) -> Header? {
        guard !cursor.isAtEnd else { return nil }
        let start = cursor.offset
        let lineBreak = (start..<block.byteCount - 1).first {
            block.byte($0) == 0x0D && block.byte($0 + 1) == 0x0A
        }
        guard let end = lineBreak else { throw DecodeError(.truncated, at: start) }
        _ = try cursor.readBytes(count: end + 2 - start)
        if end == start {
            guard cursor.isAtEnd else {
                throw DecodeError(.violation("bytes behind the last header"), at: cursor.offset)
            }
            return nil
        }
        guard let colon = block.firstIndex(of: UInt8(ascii: ":"), in: start..<end), colon > start else {
            throw DecodeError(.violation("header line without a name"), at: start)
        }
        return Header(name: start..<colon, value: block.trimmed(colon + 1..<end))
    }
}
