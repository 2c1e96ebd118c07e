internal import SPOP

/// What a sample goes by: the first of these parts that a request has. Requests with the same value are all in the sample, or
/// none of them is.
struct SampleKey: Hashable, Sendable, CustomStringConvertible {
    /// One part of a request; each name has at least one byte.
    enum Part: Hashable, Sendable {
        case cookie([UInt8])
        case header([UInt8])
        case query([UInt8])
        /// The client's address.
        case source
    }

    /// In their order; none for a sample that goes by chance alone.
    let parts: [Part]
    /// Requests that have none of them are meant to be sampled at random.
    let endsAtRandom: Bool

    static let random = SampleKey(parts: [], endsAtRandom: true)
    static let accepted = """
        cookie:NAME, header:NAME, query:NAME or source, up to \(mostParts) of them separated by commas, and random as \
        the last or only one
        """

    /// A request is searched once for each.
    static let mostParts = 8
    /// Bytes of a name.
    private static let longestName = 128

    private init(parts: [Part], endsAtRandom: Bool) {
        (self.parts, self.endsAtRandom) = (parts, endsAtRandom)
    }

    /// `random`, or `cookie:sid,header:x-session,query:id,source`, with or without `random` behind it.
    init(_ text: String) throws(InvalidValue) {
        var words = text.split(separator: ",", omittingEmptySubsequences: false)
        endsAtRandom = words.last == "random"
        if endsAtRandom { words.removeLast() }
        let parts = words.compactMap(Part.init)
        guard parts.count == words.count, parts.count <= Self.mostParts, Set(parts).count == parts.count
        else {
            throw InvalidValue(text, accepted: Self.accepted)
        }
        self.parts = parts
    }

    var description: String {
        (parts.map(\.description) + (endsAtRandom ? ["random"] : [])).joined(separator: ",")
    }
}

extension SampleKey.Part: CustomStringConvertible {
    /// Nil for what is no part, or has a name that no request can have.
    fileprivate init?(_ word: Substring) {
        if word == "source" {
            self = .source
            return
        }
        let pair = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { return nil }
        let name = Array(pair[1].utf8)
        guard 1...SampleKey.longestName ~= name.count else { return nil }
        switch pair[0] {
        // What the name of a cookie may have (RFC 6265, section 4.1.1) is what the name of a field may have.
        case "cookie" where name.allSatisfy(\.isTokenByte): self = .cookie(name)
        case "header" where name.allSatisfy(\.isTokenByte): self = .header(name)
        case "query" where name.allSatisfy(Self.mayBeInParameter): self = .query(name)
        default: return nil
        }
    }

    /// Visible, and nothing that ends a parameter's name or the query; a comma would end it in the setting.
    private static func mayBeInParameter(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"=&#,".utf8.contains(byte)
    }

    var description: String {
        func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
        return switch self {
        case .cookie(let name): "cookie:\(text(name))"
        case .header(let name): "header:\(text(name))"
        case .query(let name): "query:\(text(name))"
        case .source: "source"
        }
    }
}
