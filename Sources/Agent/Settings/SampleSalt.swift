/// What is mixed into the hash of a sample's key. Who knows it can choose keys that are in the sample, or out of it; so it is
/// never shown.
struct SampleSalt: Hashable, Sendable {
    /// Empty when none is set.
    let bytes: [UInt8]

    static let none = SampleSalt(bytes: [])

    /// Bytes it may have.
    private static let longest = 128

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// `none`, or visible characters of ASCII: these are the same bytes on every machine. The error does not have the text.
    init(_ text: String) throws(InvalidValue) {
        guard text != "none" else {
            self = .none
            return
        }
        bytes = Array(text.utf8)
        guard 1...Self.longest ~= bytes.count, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw InvalidValue(
                "...",
                accepted: "1 to \(Self.longest) visible characters of ASCII without blanks, or none")
        }
    }

    /// The salt itself.
    var text: String { bytes.isEmpty ? "none" : String(decoding: bytes, as: UTF8.self) }
}
