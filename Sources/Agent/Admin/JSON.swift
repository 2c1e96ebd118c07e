internal import FoundationEssentials

/// A value of JSON (RFC 8259). Keys are the interface: they are written out where a value is made, and nothing derives them.
struct JSON: Encodable, ExpressibleByDictionaryLiteral {
    private let value: any Encodable

    /// Text, a finite number, true or false, or an array of values.
    init(_ value: any Encodable) { self.value = value }

    /// An object.
    init(_ fields: [(String, JSON)]) { value = Dictionary(fields) { $1 } }

    init(_ fields: [Field]) { self.init(fields.map { ($0.name, $0.value) }) }

    init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    /// On one line, keys in alphabetical order: an answer has no empty line inside, and two of them can be compared.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}
