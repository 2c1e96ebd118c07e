/// Numbers as text, without the help of a locale.
enum Format {
    /// With so many digits behind the point, and blanks between thousands.
    static func decimal(_ value: Double?, _ places: Int = 0) -> String {
        guard let value, value.isFinite else { return "-" }
        let scale = (0..<places).reduce(1) { product, _ in product * 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        let tail = places > 0 ? "." + String(repeating: "0", count: places - fraction.count) + fraction : ""
        return (value < 0 && scaled > 0 ? "-" : "") + grouped(scaled / scale) + tail
    }

    /// As "48 800".
    static func grouped(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(value).reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { text.append(" ") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    static func mebibytes(_ kibibytes: Double?) -> String { decimal(kibibytes.map { $0 / 1024 }, 1) }

    /// `text` on the left, or on the right, of `width` columns.
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
