/// The share of requests that is mirrored, in thousandths of a percent: 0 % and 100 % are exact.
struct SampleRate: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 100 000.
    let thousandths: Int

    static let all = SampleRate(thousandths: 100_000)
    /// Of copies that come to nothing.
    static let tolerated = SampleRate(thousandths: 5000)
    /// The same, before the breaker opens.
    static let half = SampleRate(thousandths: 50_000)
    static let accepted = "0% to 100%, in steps of 0.001%"

    private init(thousandths: Int) { self.thousandths = thousandths }

    /// `10%`, `0.5%`; the sign is not left out, since 0.5 might mean a half.
    init(_ text: String) throws(InvalidValue) {
        let number = text.dropLast()
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard text.hasSuffix("%"), parts.count <= 2, !fraction.isEmpty, fraction.count <= 3,
            parts[0].count <= 9,
            (parts[0] + fraction).utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let whole = Int(parts[0]),
            let part = Int(fraction + String(repeating: "0", count: 3 - fraction.count))
        else { throw InvalidValue(text, accepted: Self.accepted, example: Self.example(for: text)) }
        guard whole * 1000 + part <= Self.all.thousandths else {
            throw InvalidValue(text, accepted: "0% to 100%", problem: .outOfRange)
        }
        thousandths = whole * 1000 + part
    }

    /// What may be meant by a number without a sign; below 1 there are two answers.
    private static func example(for text: String) -> String {
        let isNumber = text.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E }
        guard isNumber, let rate = try? SampleRate("\(text)%") else { return "10%" }
        let part = rate.thousandths * 100
        guard rate.thousandths > 0, part <= all.thousandths, text.contains(".") else { return "\(rate)" }
        return "\(rate) or \(SampleRate(thousandths: part))"
    }

    /// `10%`, `0.5%`.
    var description: String {
        var fraction = String(thousandths % 1000 + 1000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return "\(thousandths / 1000)\(fraction.isEmpty ? "" : ".\(fraction)")%"
    }

    /// Neither all nor nothing.
    var isPartial: Bool { thousandths != 0 && thousandths != Self.all.thousandths }

    /// True for this share of all hashes: for those that a lower rate includes, too.
    func includes(_ hash: UInt64) -> Bool {
        hash.multipliedFullWidth(by: UInt64(Self.all.thousandths)).high < UInt64(thousandths)
    }

    /// True for this share of calls, each independent of the others.
    func decides(using generator: inout some RandomNumberGenerator) -> Bool {
        switch thousandths {
        case 0: false
        case Self.all.thousandths: true
        default: Int.random(in: 0..<Self.all.thousandths, using: &generator) < thousandths
        }
    }
}
