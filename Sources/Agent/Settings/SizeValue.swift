/// Sizes as operators write them: a number of bytes, or a number and `KiB`, `MiB` or `GiB`.
enum SizeValue {
    static let accepted = "a number of bytes, or a number and KiB, MiB or GiB"

    private static let units: [(name: String, bytes: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30),
    ]

    /// Parses `text`; the letters may be of any case.
    static func parse(_ text: String) throws(InvalidValue) -> Int {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).lowercased()
        let factor = unit.isEmpty ? 1 : units.first { $0.name.lowercased() == unit }?.bytes
        guard let factor, let count = Int(digits), !count.multipliedReportingOverflow(by: factor).overflow
        else {
            throw InvalidValue(text, accepted: accepted, example: example(for: text))
        }
        return count * factor
    }

    /// The same in a unit that there is: `5MB` is 5MiB.
    private static func example(for text: String) -> String {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).lowercased()
        let known = units.first { unit.first == $0.name.lowercased().first }?.name ?? "MiB"
        return (digits.isEmpty || digits.count > 9 ? "64" : digits) + known
    }

    /// The shortest exact spelling: 67108864 is `64MiB`.
    static func format(_ bytes: Int) -> String {
        let unit = units.last { bytes >= $0.bytes && bytes % $0.bytes == 0 }
        return unit.map { "\(bytes / $0.bytes)\($0.name)" } ?? "\(bytes)"
    }
}
