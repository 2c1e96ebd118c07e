/// A value that an option or a setting cannot take, and what it can.
struct InvalidValue: Error, Hashable, CustomStringConvertible {
    /// What is wrong, as far as it is worth telling apart.
    enum Problem: Hashable {
        case malformed
        case outOfRange
        /// A mirror URL; the text says what about it.
        case url(String)
    }

    let value: String
    let accepted: String
    let problem: Problem

    init(_ value: String, accepted: String, problem: Problem = .malformed) {
        self.value = value
        self.accepted = accepted
        self.problem = problem
    }

    /// Goes behind the option parser's own "The value 'x' is invalid for '-p <port>': ".
    var description: String { "accepted is \(accepted)" }

    /// A whole sentence, for who changes a setting.
    var sentence: String {
        switch problem {
        case .malformed: "Invalid value: '\(value)' (\(accepted) expected)."
        case .outOfRange: "Value out of range: '\(value)' (\(accepted) expected)."
        case .url(let text): "Invalid URL: \(text)."
        }
    }
}
