internal import FoundationEssentials

/// A value of JSON (RFC 8259). Keys are the interface: they are written out where a value is made, and nothing derives them.
enum JSON: Encodable, ExpressibleByDictionaryLiteral {
    case string(String)
    case integer(Int)
    case count(UInt64)
    /// Finite.
    case real(Double)
    case bool(Bool)
    case array([JSON])
    case object([String: JSON])

    /// One that fits into 64 bits.
    init(_ number: some BinaryInteger) {
        self = Int(exactly: number).map { .integer($0) } ?? .count(UInt64(clamping: number))
    }

    init(_ number: Double) { self = .real(number) }

    init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

    init(_ fields: [Field]) { self.init(fields.map { ($0.name, $0.value) }) }

    /// An object.
    init(_ fields: [(String, JSON)]) { self = .object(Dictionary(fields) { $1 }) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .string(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .count(let number): try container.encode(number)
        case .real(let number): try container.encode(number)
        case .bool(let isTrue): try container.encode(isTrue)
        case .array(let values): try container.encode(values)
        case .object(let fields): try container.encode(fields)
        }
    }

    /// On one line, keys in alphabetical order: an answer has no empty line inside, and two of them can be compared.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
