internal import SPOP

/// What the head of an answer, and those of interim answers before it, say of its end and of its connection (RFC 9112,
/// sections 4, 5, 6.3 and 9.3).
struct AnswerHead {
    enum Body {
        case none
        case length(Int)
        case chunked
        case untilClose
    }

    /// Of the answer, or of the last interim one; 0 before.
    private(set) var status = 0
    /// HTTP/1.1; if not, 1.0.
    private(set) var isHTTP11 = false
    /// Something can be read in two ways.
    private(set) var isUnclear = false
    /// Content-Length and Transfer-Encoding fields, those of interim answers and trailers too.
    private var measures = 0
    private var length: Int?
    private var isChunked = false
    private var saysClose = false
    private var saysKeepAlive = false

    /// Another answer follows. It does not follow 101, behind which is no HTTP.
    var isInterim: Bool { status < 200 && status != 101 }

    /// The mirror will close the connection, or may.
    var endsConnection: Bool { saysClose || !isHTTP11 && !saysKeepAlive }

    /// Others may read it differently.
    mutating func noteFlaw() { isUnclear = true }

    /// Looks at what has come of the status line, with its line break: `HTTP/1.1 200 OK`. The reason may be missing,
    /// with the blank before it.
    mutating func takeStatusLine(_ line: RawSpan, _ range: Range<Int>) throws(AnswerFailure) {
        let name: StaticString = "HTTP/1."
        var code = 0
        for (place, index) in range.prefix(13).enumerated() {
            let byte = line.byte(index)
            let isRight =
                switch place {
                case 0..<7: unsafe byte == name.utf8Start[place]
                case 7: byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1")
                case 8: byte == 0x20
                case 9: byte >= UInt8(ascii: "1") && byte <= UInt8(ascii: "9")
                case 10, 11: isDigit(byte)
                default: byte == 0x20 || byte == 0x0D || byte == 0x0A
                }
            guard isRight else { throw .statusLine }
            if place >= 9, place < 12 { code = code * 10 + Int(byte - UInt8(ascii: "0")) }
        }
        guard range.count >= 13 else { return }
        (status, isHTTP11) = (code, line.byte(range.lowerBound + 7) == UInt8(ascii: "1"))
    }

    /// Looks at a header or trailer line without its line break. The rest of one that is not whole is missing.
    mutating func takeField(_ line: RawSpan, _ range: Range<Int>, isWhole: Bool) throws(AnswerFailure) {
        var colon = range.lowerBound
        while colon < range.upperBound, line.byte(colon).isTokenByte { colon += 1 }
        guard colon < range.upperBound, line.byte(colon) == UInt8(ascii: ":"), colon > range.lowerBound else {
            return try takeOddField(line, range, isWhole: isWhole)
        }
        let name = range.lowerBound..<colon
        let value = colon + 1..<range.upperBound
        switch name.count {
        case 10 where line.equalsIgnoringCase(name, "connection"):
            isWhole ? takeOptions(line, value) : (saysClose = true)
        case 14 where line.equalsIgnoringCase(name, "content-length"):
            noteMeasure(isWhole: isWhole)
            if isWhole { try takeLength(line, line.trimmed(value)) }
        case 17 where line.equalsIgnoringCase(name, "transfer-encoding"):
            noteMeasure(isWhole: isWhole)
            // No other is asked for (TE), and nobody else would count what comes of it.
            isChunked = line.equalsIgnoringCase(line.trimmed(value), "chunked")
            if !isChunked { isUnclear = true }
        default: break
        }
    }

    /// A line that goes on with the one before, or whose name is no token: `Content-Length : 5` is a length to some.
    private mutating func takeOddField(_ line: RawSpan, _ range: Range<Int>, isWhole: Bool)
        throws(AnswerFailure)
    {
        isUnclear = true
        let continues = line.byte(range.lowerBound) == 0x20 || line.byte(range.lowerBound) == 0x09
        guard continues || !isWhole || range.contains(where: { line.byte($0) == UInt8(ascii: ":") }) else {
            throw .noColon
        }
    }

    private mutating func noteMeasure(isWhole: Bool) {
        measures += 1
        if measures > 1 || !isWhole { isUnclear = true }
    }

    /// A number that goes on with something else is one to some: `5, 5`.
    private mutating func takeLength(_ line: RawSpan, _ value: Range<Int>) throws(AnswerFailure) {
        guard !value.isEmpty, isDigit(line.byte(value.lowerBound)) else { throw .contentLength }
        var number = 0
        for index in value {
            guard isDigit(line.byte(index)) else {
                isUnclear = true
                return
            }
            // More than is ever read, before it overflows.
            if number < 1 << 56 { number = number * 10 + Int(line.byte(index) - UInt8(ascii: "0")) }
        }
        length = number
    }

    private mutating func takeOptions(_ line: RawSpan, _ value: Range<Int>) {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, line.byte(end) != UInt8(ascii: ",") { end += 1 }
            let option = line.trimmed(start..<end)
            if line.equalsIgnoringCase(option, "close") { saysClose = true }
            if line.equalsIgnoringCase(option, "keep-alive") { saysKeepAlive = true }
            start = end + 1
        }
    }

    /// An interim answer has ended, which has no body to measure.
    mutating func endInterim() {
        if measures > 0 { isUnclear = true }
        saysKeepAlive = false
    }

    /// The head has ended. Returns what follows, unless it `isUnclear`.
    mutating func end(isToHEAD: Bool) -> Body {
        // Some send the last chunk behind a 204, and HTTP/1.0 has no chunks.
        if isChunked, status == 204 || !isHTTP11 { isUnclear = true }
        if isToHEAD || status == 204 || status == 304 { return .none }
        if isChunked { return .chunked }
        return length.map { .length($0) } ?? .untilClose
    }
}

@inline(__always)
private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
