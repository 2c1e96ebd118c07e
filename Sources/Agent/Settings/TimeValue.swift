/// Durations as operators write them: a number and a unit, `us ms s m h d`; milliseconds without one.
enum TimeValue {
    static let accepted = "a number and us, ms, s, m, h or d; milliseconds without a unit"

    private static let units: [(name: String, nanoseconds: Double)] = [
        ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9), ("d", 86400e9),
    ]
    /// A hundred years: sums of such times still fit everywhere.
    private static let longest = 36525.0 * 86400e9

    /// Parses `text`; a fraction such as `1.5s` is allowed.
    static func parse(_ text: String) throws(InvalidValue) -> Duration {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(number.count)
        let factor = unit.isEmpty ? 1e6 : units.first { $0.name == unit }?.nanoseconds
        guard let factor, number.first != ".", number.last != ".", let count = Double(number)
        else { throw InvalidValue(text, accepted: accepted, example: example(for: text)) }
        guard count * factor <= longest else {
            throw InvalidValue(text, accepted: "at most 36525d", problem: .outOfRange)
        }
        return .nanoseconds(Int64((count * factor).rounded()))
    }

    /// The same in a unit that there is: `10min` is 10m.
    private static func example(for text: String) -> String {
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(number.count).lowercased()
        let beginnings = [("ms", "ms"), ("mil", "ms"), ("us", "us"), ("m", "m"), ("h", "h"), ("d", "d")]
        guard !number.isEmpty else { return "10s" }
        return "\(number)\(beginnings.first { unit.hasPrefix($0.0) }?.1 ?? "s")"
    }

    /// The shortest exact spelling: 90 seconds are `90s`, 60 are `1m`.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        guard microseconds > 0 else { return "0" }
        let unit = units.last { microseconds % Int64($0.nanoseconds / 1e3) == 0 }
        return unit.map { "\(microseconds / Int64($0.nanoseconds / 1e3))\($0.name)" } ?? "\(microseconds)us"
    }
}
