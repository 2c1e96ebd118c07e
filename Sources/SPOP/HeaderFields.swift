/// Walks the headers of a message in either of the two forms HAProxy gives.
package struct HeaderFields: ~Escapable {
    /// How HAProxy encoded the headers.
    package enum Form: Sendable {
        /// `req.hdrs_bin`.
        case binary
        /// `req.hdrs`.
        case text
    }

    private let form: Form
    private var binary: HeaderReader
    private var text: HeaderTextReader

    /// A reader on the first header of `block`.
    @_lifetime(copy block)
    package init(_ block: RawSpan, form: Form) {
        self.form = form
        binary = HeaderReader(block)
        text = HeaderTextReader(block)
    }

    /// The next header; nil behind the last.
    package mutating func next() throws(DecodeError) -> HeaderReader.Header? {
        switch form {
        case .binary: try binary.next()
        case .text: try text.next()
        }
    }
}
