/// A value of JSON (RFC 8259).
enum JSON: ExpressibleByDictionaryLiteral {
    case string(String)
    /// A number, as it is written.
    case number(String)
    case bool(Bool)
    case array([JSON])
    case object([(name: String, value: JSON)])

    init(_ number: some BinaryInteger) { self = .number("\(number)") }

    /// `number` is finite; a whole one has no fraction.
    init(_ number: Double) {
        let text = "\(number)"
        self = .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }

    init(_ fields: [Field]) { self = .object(fields.map { ($0.name, $0.value) }) }

    /// On one line, keys in alphabetical order: an answer has no empty line inside, and two of them can be compared.
    var text: String {
        switch self {
        case .string(let text): "\"\(text.unicodeScalars.map(Self.escaped).joined())\""
        case .number(let text): text
        case .bool(let isTrue): "\(isTrue)"
        case .array(let values): "[\(values.map(\.text).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.sorted { $0.name < $1.name }.map { "\"\($0.name)\":\($0.value.text)" }.joined(separator: ","))}"
        }
    }

    private static let escapes: [Unicode.Scalar: String] = [
        "\"": "\\\"", "\\": "\\\\", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
    ]

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        guard scalar < " " || scalar == "\"" || scalar == "\\" else { return String(scalar) }
        return escapes[scalar] ?? "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
    }
}
