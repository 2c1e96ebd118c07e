/// The most requests that may be mirrored in a second: `500/s`.
struct RateLimit: Hashable, Sendable, CustomStringConvertible {
    /// 1 to 1 000 000.
    let perSecond: Int

    private static let range = 1...1_000_000
    private static let accepted = "1/s to 1000000/s, or none"

    private init(perSecond: Int) { self.perSecond = perSecond }

    /// `500/s`; nil for `none`. The unit is not left out, since 500 might mean a minute's.
    static func parse(_ text: String) throws(InvalidValue) -> RateLimit? {
        if text == "none" { return nil }
        guard text.hasSuffix("/s"), let number = Int(text.dropLast(2)), text.first?.isNumber == true else {
            throw InvalidValue(text, accepted: accepted)
        }
        guard range.contains(number) else {
            throw InvalidValue(text, accepted: accepted, problem: .outOfRange)
        }
        return RateLimit(perSecond: number)
    }

    /// `500/s`.
    var description: String { "\(perSecond)/s" }
}
