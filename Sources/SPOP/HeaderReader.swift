/// Walks what HAProxy's `req.hdrs_bin` holds: pairs of varint-prefixed name and value, ended by an empty pair
/// (HAProxy configuration manual, section 7.3.6).
package struct HeaderReader: ~Escapable {
    private var cursor: ByteCursor
    private var isDone = false

    /// One header, as ranges of the block.
    package struct Header {
        /// The field name, never empty.
        package let name: Range<Int>
        /// The field value, possibly empty.
        package let value: Range<Int>
    }

    /// A reader on the first pair of `block`.
    @_lifetime(copy block)
    package init(_ block: RawSpan) { cursor = ByteCursor(block) }

    /// The next header; nil behind the last. Throws when the end mark is missing, when bytes follow it,
    /// or when a value has no name.
    package mutating func next() throws(DecodeError) -> Header? {
        // A block of no bytes is no header at all; one that merely runs out lacks its end mark.
        if isDone || (cursor.offset == 0 && cursor.isAtEnd) { return nil }
        let start = cursor.offset
        let header = Header(name: try cursor.readString(), value: try cursor.readString())
        if !header.name.isEmpty { return header }
        guard header.value.isEmpty, cursor.isAtEnd else {
            throw DecodeError(.violation("header without a name, or bytes behind the last"), at: start)
        }
        isDone = true
        return nil
    }
}
