/// What operators call a destination: a lower-case letter, and up to 31 lower-case letters, digits, `-` or `_`.
package struct DestinationName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// That of `--mirror-url`, which is always there.
    package static let standard = DestinationName(known: "default")

    /// Destinations beside it, at most.
    package static let most = 16

    /// In bytes.
    static let longest = 32

    /// Nil when `text` is no name, or a word that means something else in a command.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= Self.longest,
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= first,
            bytes.allSatisfy(Self.isPartOfName), !Self.words.contains(text)
        else { return nil }
        self.text = text
    }

    /// A name as a client gives it, that of `--mirror-url` among them.
    package static func named(_ text: String) -> DestinationName? {
        text == standard.text ? standard : DestinationName(text)
    }

    private init(known text: String) { self.text = text }

    /// What a name may be, for the text of an error.
    package static let accepted =
        "a to z, then up to 31 of a to z, 0 to 9, - and _; no setting and no word of a command"

    package var description: String { text }

    package static func < (left: DestinationName, right: DestinationName) -> Bool { left.text < right.text }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static let words: Set<String> = Set(SettingName.allCases.map(\.rawValue))
        .union(Command.table.flatMap(\.words))
        .union([
            "all", "json", "for", "until", "none", "on", "off", "require-reachable", "paused", standard.text,
        ])
}
