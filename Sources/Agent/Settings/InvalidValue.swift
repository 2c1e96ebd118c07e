/// A value that an option or a setting cannot take, and what it can.
struct InvalidValue: Error, Hashable, CustomStringConvertible {
    /// What is wrong, as far as it is worth telling apart.
    enum Problem: Hashable {
        case malformed
        case outOfRange
        /// A time that has no unit; the text says what it is without one.
        case withoutUnit(String)
        /// A log file's mode.
        case unknownMode(String)
        /// A mirror URL; the text says what about it.
        case url(String)
        /// A value that may be a secret; the text says what is wrong, and does not repeat it.
        case notRepeated(String)
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
    var description: String {
        switch problem {
        case .withoutUnit(let meaning): "it is \(meaning) without a unit, expected \(accepted)"
        case .unknownMode(let mode): "unknown mode '\(mode)', expected \(accepted)"
        case .notRepeated(let text): text
        default: "expected \(accepted)"
        }
    }

    /// A whole sentence, for who changes a setting.
    var sentence: String {
        switch problem {
        case .malformed, .unknownMode: "Invalid value: '\(value)' (\(accepted) expected)."
        case .outOfRange: "Value out of range: '\(value)' (\(accepted) expected)."
        case .withoutUnit(let meaning):
            "Value out of range: '\(value)' is \(meaning) without a unit (\(accepted) expected, such as \(value)s)."
        case .url(let text): "Invalid URL: \(text)."
        case .notRepeated(let text): "Invalid value: \(text)."
        }
    }
}
