/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// Requests that are random in all that a client may choose.
struct RandomRequests {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    private static let tokenBytes = letters + "!#$%&'*+-.^_`|~".utf8
    /// All printable bytes but the number sign, at which newer HAProxys refuse a target.
    private static let targetBytes = (UInt8(0x21)...UInt8(0x7e)).filter { $0 != UInt8(ascii: "#") }
    private static let valueBytes =
        [UInt8(ascii: "\t")] + Array(UInt8(0x20)...UInt8(0x7e)) + Array(UInt8(0x80)...UInt8(0xff))
    private static let knownMethods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "TRACE",
    ]
    private static let knownNames = [
        "Accept", "accept-encoding", "User-Agent", "Cookie", "COOKIE", "Content-Type", "Referer", "Range",
        "Authorization", "X-Forwarded-For", "x-request-id", "If-Match", "Date", "Cache-Control", "Via",
    ]
    /// Fields that mean something to HAProxy or to this very test.
    private static let reserved: Set<String> = [
        "host", "content-length", "connection", "transfer-encoding", "upgrade", "te", "trailer", "expect",
        "keep-alive", "proxy-connection", "http2-settings", "x-mirrored-by",
    ]

    /// The request number `number`, which its target begins with.
    mutating func next(_ number: Int) -> Request {
        let method =
            chance(5)
            ? text(1...20, of: Self.tokenBytes) : Self.knownMethods.randomElement(using: &generator) ?? ""
        // HAProxy turns what follows CONNECT into a tunnel; that a random token spells it is not to be ruled out.
        let body = bytes(bodySize(for: method))
        var framing = Request.Framing.automatic
        if method != "TRACE", chance(4) {
            framing = body.isEmpty ? .length : .chunks(Int.random(in: 1...4_000, using: &generator))
        }
        return Request(
            method: method == "CONNECT" ? "GET" : method,
            target: "/\(number)/" + text(0...200, of: Self.targetBytes),
            fields: fields(), body: body, framing: framing)
    }

    private mutating func bodySize(for method: String) -> Int {
        guard method != "TRACE", !chance(3) else { return 0 }
        return chance(3)
            ? Int.random(in: 0...12_288, using: &generator) : Int.random(in: 0...300, using: &generator)
    }

    private mutating func fields() -> [HeaderField] {
        let count =
            chance(2) ? Int.random(in: 0...80, using: &generator) : Int.random(in: 0...8, using: &generator)
        var fields = (0..<count).map { _ in HeaderField(fieldName(), fieldValue()) }
        if chance(2) {
            fields.insert(
                HeaderField(chance(2) ? "Host" : "HOST", "\(text(1...20, of: Self.letters)).example.test"),
                at: Int.random(in: 0...count, using: &generator))
        }
        // Naming a field does not hide it.
        if chance(3), let named = fields.randomElement(using: &generator) {
            fields.insert(
                HeaderField("Connection", "keep-alive, \(named.name)"),
                at: Int.random(in: 0...fields.count, using: &generator))
        }
        return fields
    }

    private mutating func fieldName() -> String {
        let name =
            chance(2)
            ? text(1...24, of: Self.tokenBytes) : Self.knownNames.randomElement(using: &generator) ?? ""
        return Self.reserved.contains(name.lowercased()) ? "x-" + name : name
    }

    /// Without blanks at both ends, which are no part of a value (RFC 9110, section 5.5).
    private mutating func fieldValue() -> String {
        let isBlank = { (character: Unicode.Scalar) in character == " " || character == "\t" }
        let value = text(0...(chance(10) ? 400 : 40), of: Self.valueBytes).unicodeScalars
        let trimmed = value.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        var result = String.UnicodeScalarView()
        result.append(contentsOf: trimmed)
        return String(result)
    }

    private mutating func text(_ length: ClosedRange<Int>, of alphabet: [UInt8]) -> String {
        let count = Int.random(in: length, using: &generator)
        return String(latin1: (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 })
    }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }
}
