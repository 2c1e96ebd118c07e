/// A value that an option cannot take, and what it can.
struct InvalidValue: Error, Hashable, CustomStringConvertible {
    let value: String
    let accepted: String

    init(_ value: String, accepted: String) {
        self.value = value
        self.accepted = accepted
    }

    /// Goes behind the option parser's own "The value 'x' is invalid for '-p <port>': ".
    var description: String { "accepted is \(accepted)" }
}
