internal import SPOP
internal import System

/// What an operator changes of the fields of each copy: rules in their order. Each sees what those before it have left.
struct HeaderRules: Hashable, Sendable, CustomStringConvertible {
    enum Rule: Hashable, Sendable {
        /// Every field of this name goes.
        case remove([UInt8])
        /// Every field that `CopyStyle.credentials` names goes.
        case removeCredentials
        /// Every field of this name goes, and one with this value comes.
        case set([UInt8], value: [UInt8])
        /// One more field comes.
        case add([UInt8], value: [UInt8])
    }

    private(set) var rules: [Rule] = []

    /// Bytes that a list may have as text: it is one line of an admin socket, also with each byte escaped.
    private static let longest = 8000
    /// What stands for a value where values are not shown.
    private static let hidden = "<hidden>"

    init() {}

    /// `none`, or rules separated by commas. A backslash takes the next byte as it is, so a comma in a value is `\,`.
    ///
    /// What it throws repeats no value: that may be a secret.
    init(_ text: String) throws(InvalidValue) {
        guard text != "none" else { return }
        let texts = try Self.split(text)
        for (index, text) in texts.enumerated() {
            do throws(Problem) { rules.append(try Rule(text)) } catch {
                throw Self.invalid((texts.count > 1 ? "rule \(index + 1): " : "") + error.text)
            }
        }
        guard description.utf8.count <= Self.longest else {
            throw Self.invalid("header rules have over \(Self.longest) bytes together")
        }
    }

    var description: String { list(\.text) }

    /// The same without the values, for reports and logs: an operator sets tokens with it.
    var shown: String { list(\.shown) }

    /// The names that its rules say themselves.
    var names: [[UInt8]] { rules.compactMap(\.name) }

    private func list(_ text: (Rule) -> String) -> String {
        rules.isEmpty ? "none" : rules.map { Self.escape(text($0)) }.joined(separator: ",")
    }

    // MARK: the list as text

    private static func split(_ text: String) throws(InvalidValue) -> [[UInt8]] {
        var texts: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\") where !isEscaped:
                isEscaped = true
                continue
            case UInt8(ascii: ",") where !isEscaped: texts.append([])
            default: texts[texts.count - 1].append(byte)
            }
            isEscaped = false
        }
        guard !isEscaped else { throw invalid("header rules end with a backslash") }
        return texts
    }

    private static func escape(_ text: String) -> String {
        String(
            decoding: text.utf8.flatMap { byte in
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), byte] : [byte]
            }, as: UTF8.self)
    }

    private static func invalid(_ problem: String) -> InvalidValue {
        InvalidValue("", accepted: "", problem: .notRepeated(problem))
    }
}

extension HeaderRules {
    /// What is wrong with a rule.
    fileprivate struct Problem: Error {
        let text: String

        static let form = Problem(
            text: """
                remove:NAME, remove:@credentials, set:NAME: VALUE or add:NAME: VALUE expected; a comma in a value is \\,
                """)
    }
}

extension HeaderRules.Rule {
    fileprivate init(_ text: [UInt8]) throws(HeaderRules.Problem) {
        let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .form }
        switch String(decoding: Self.trimmed(parts[0]), as: UTF8.self) {
        case "remove" where Self.trimmed(parts[1]) == Array("@credentials".utf8): self = .removeCredentials
        case "remove": self = .remove(try Self.name(parts[1]))
        case "set":
            let field = try Self.field(parts[1])
            self = .set(field.name, value: field.value)
        case "add":
            let field = try Self.field(parts[1])
            self = .add(field.name, value: field.value)
        default: throw .form
        }
    }

    private static func field(
        _ text: ArraySlice<UInt8>
    ) throws(HeaderRules.Problem) -> (name: [UInt8], value: [UInt8]) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { throw .form }
        let name = try name(text[..<colon])
        let value = trimmed(text[(colon + 1)...])
        let shown = String(decoding: name, as: UTF8.self)
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .init(text: "the value of \(shown) has a control character, a line break or a NUL in it")
        }
        guard value != Array(HeaderRules.hidden.utf8) else {
            throw .init(text: "the value of \(shown) is \(HeaderRules.hidden), which only stands for one")
        }
        return (name, value)
    }

    private static func name(_ text: ArraySlice<UInt8>) throws(HeaderRules.Problem) -> [UInt8] {
        let name = trimmed(text)
        guard FieldName.isToken(name) else {
            throw .init(text: "\(PrintableText.quoted(name.prefix(64))) is no name of a field")
        }
        guard FieldName.isFree(name) else {
            let shown = String(decoding: name, as: UTF8.self)
            throw .init(
                text: shown.lowercased() == "host"
                    ? "no rule changes Host: host-header does"
                    : "no rule changes \(shown): it belongs to the connection, or says how long the body is")
        }
        return name
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let rest = text.drop { $0 == 0x20 }
        return Array(rest.prefix(upTo: (rest.lastIndex { $0 != 0x20 } ?? rest.startIndex - 1) + 1))
    }

    fileprivate var name: [UInt8]? {
        switch self {
        case .removeCredentials: nil
        case .remove(let name), .set(let name, _), .add(let name, _): name
        }
    }

    fileprivate var text: String { text { String(decoding: $0, as: UTF8.self) } }

    fileprivate var shown: String { text { _ in HeaderRules.hidden } }

    private func text(_ show: ([UInt8]) -> String) -> String {
        func field(_ name: [UInt8], _ value: [UInt8]) -> String {
            "\(String(decoding: name, as: UTF8.self)):\(value.isEmpty ? "" : " \(show(value))")"
        }
        return switch self {
        case .remove(let name): "remove:\(String(decoding: name, as: UTF8.self))"
        case .removeCredentials: "remove:@credentials"
        case .set(let name, let value): "set:\(field(name, value))"
        case .add(let name, let value): "add:\(field(name, value))"
        }
    }
}
