/// Walks the list of messages in a NOTIFY payload (SPOE.txt, section 3.2): a name, a number of arguments,
/// then that many named values.
package struct MessageReader: ~Escapable {
    private var cursor: ByteCursor
    private var argumentsLeft: UInt8 = 0

    /// A named value of the current message.
    package struct Argument {
        /// Where the name stands in the payload.
        package let name: Range<Int>
        /// The value; strings and binaries are ranges of the payload.
        package let value: TypedValue
    }

    /// A reader on the first message of `payload`.
    @_lifetime(copy payload)
    package init(_ payload: RawSpan) { cursor = ByteCursor(payload) }

    /// A reader on the arguments of a message, without its name: their number and what follows.
    @_lifetime(copy bytes)
    package init(argumentsAtStartOf bytes: RawSpan) throws(DecodeError) {
        cursor = ByteCursor(bytes)
        argumentsLeft = try cursor.readByte()
    }

    /// Where the name of the next message stands in the payload; what is left of the current one is decoded and skipped. Nil at
    /// the end.
    package mutating func nextMessage() throws(DecodeError) -> Range<Int>? {
        while try nextArgument() != nil {}
        guard !cursor.isAtEnd else { return nil }
        let name = try cursor.readString()
        argumentsLeft = try cursor.readByte()
        return name
    }

    /// The next argument of the current message; nil behind its last.
    package mutating func nextArgument() throws(DecodeError) -> Argument? {
        guard argumentsLeft > 0 else { return nil }
        argumentsLeft &-= 1
        return Argument(name: try cursor.readString(), value: try cursor.readTypedValue())
    }
}
