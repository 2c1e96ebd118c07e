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
        /// What cannot be done with a destination; the text says why.
        case destination(String)
    }

    let value: String
    let accepted: String
    let problem: Problem
    /// What may have been meant, or something that would be right; nil for nothing that helps.
    let example: String?

    init(_ value: String, accepted: String, problem: Problem = .malformed, example: String? = nil) {
        self.value = value
        self.accepted = accepted
        self.problem = problem
        self.example = example
    }

    private var suchAs: String { example.map { ", such as \($0)" } ?? "" }

    /// Goes behind the option parser's own "The value 'x' is invalid for '-p <port>': ".
    var description: String {
        switch problem {
        case .withoutUnit(let meaning): "it is \(meaning) without a unit, expected \(accepted)\(suchAs)"
        case .unknownMode(let mode): "unknown mode '\(mode)', expected \(accepted)"
        case .notRepeated(let text), .destination(let text): text
        default: "expected \(accepted)\(suchAs)"
        }
    }

    /// A whole sentence, for who changes a setting.
    var sentence: String {
        switch problem {
        case .malformed, .unknownMode: "Invalid value: '\(value)' (\(accepted) expected\(suchAs))."
        case .outOfRange: "Value out of range: '\(value)' (\(accepted) expected\(suchAs))."
        case .withoutUnit(let meaning):
            "Value out of range: '\(value)' is \(meaning) without a unit (\(accepted) expected\(suchAs))."
        case .url(let text): "Invalid URL: \(text)."
        case .notRepeated(let text): "Invalid value: \(text)."
        case .destination(let text): "\(text.prefix(1).uppercased())\(text.dropFirst())."
        }
    }
}
