internal import SPOP

/// The fields that `remove:@credentials` takes out of copies.
struct CredentialFields: Hashable, Sendable, CustomStringConvertible {
    /// The operator's own.
    private(set) var added: [[UInt8]] = []

    private static let standard = ["Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key"].map {
        Array($0.utf8)
    }
    /// Bytes that the list may have as text.
    private static let longest = 4000

    init() {}

    /// `none`, or names separated by commas.
    init(_ text: String) throws(InvalidValue) {
        guard text != "none" else { return }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { Array($0.utf8) }
        guard text.utf8.count <= Self.longest, names.allSatisfy({ FieldName.isToken($0) }) else {
            throw InvalidValue(text, accepted: "none, or names of fields separated by commas")
        }
        if let name = names.first(where: { !FieldName.isFree($0) }) {
            let shown = String(decoding: name, as: UTF8.self)
            throw InvalidValue(
                text, accepted: "names of fields that rules may change, which \(shown) is not")
        }
        added = names
    }

    var all: [[UInt8]] { Self.standard + added }

    var description: String {
        added.isEmpty
            ? "none" : added.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
    }
}
