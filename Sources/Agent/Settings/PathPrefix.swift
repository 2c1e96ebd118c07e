/// The beginning of a target's path that copies do without.
struct PathPrefix: Hashable, Sendable, CustomStringConvertible {
    /// It begins with "/" and does not end with it.
    let bytes: [UInt8]

    private static let longest = 1024

    /// `none`, or a path; "/" at its end does not matter. Nil for `none`.
    static func parse(_ text: String) throws(InvalidValue) -> PathPrefix? {
        if text == "none" { return nil }
        var bytes = Array(text.utf8)
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= longest,
            bytes.allSatisfy({ 0x21...0x7E ~= $0 && !"?#".utf8.contains($0) })
        else { throw InvalidValue(text, accepted: "none, or a path such as /api") }
        return PathPrefix(bytes: bytes)
    }

    var description: String { String(decoding: bytes, as: UTF8.self) }
}
