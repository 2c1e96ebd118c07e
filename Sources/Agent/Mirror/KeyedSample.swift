internal import SPOP

/// A sample that goes by a part of each request, alike on every agent with the same settings.
struct KeyedSample {
    private let parts: [SampleKey.Part]
    private let hash: SipHash
    /// A request without a key is one that the operator has not thought of.
    let missesKeys: Bool

    /// Nil for a sample that goes by chance alone.
    init?(_ settings: DestinationSettings) {
        guard !settings.sampleKey.parts.isEmpty else { return nil }
        parts = settings.sampleKey.parts
        missesKeys = !settings.sampleKey.endsAtRandom
        hash = Self.hash(under: settings.sampleSalt)
    }

    /// The two words of its key are the salt's own hashes under two keys that are written here; without a salt, those of no bytes.
    private static func hash(under salt: SampleSalt) -> SipHash {
        let bytes = unsafe salt.bytes.span.bytes
        return SipHash(
            key: (SipHash(key: (0, 0)).hash(of: bytes), SipHash(key: (0, 1)).hash(of: bytes)))
    }

    /// What the request's key comes to; nil when it has none. It is the same wherever a value stands, in a cookie or in a query.
    func hash(of arguments: MirrorArguments, in payload: RawSpan) -> UInt64? {
        for part in parts {
            guard let key = arguments.value(of: part, in: payload), !key.isEmpty else { continue }
            return hash.hash(of: payload.extracting(key))
        }
        return nil
    }
}
