internal import SPOP

/// Whether it is beyond doubt where an answer ends (RFC 9112, section 6.3). Where it is not, what the mirror has sent as the end of
/// one answer may be the beginning of another to us, and the next copy's answer would be one that was not meant for it.
struct AnswerFraming {
    /// Content-Length and Transfer-Encoding fields of the answer, those of its interim answers too.
    private var fields = 0
    /// More than one of them, or one in an interim answer, which has no body to measure.
    private(set) var isUnclear = false

    /// Looks at a header or trailer line, with or without its line break.
    mutating func note(_ line: RawSpan) {
        guard Self.measuresBody(line) else { return }
        fields += 1
        if fields > 1 { isUnclear = true }
    }

    /// An interim answer ends.
    mutating func endInterim() {
        if fields > 0 { isUnclear = true }
    }

    private static func measuresBody(_ line: RawSpan) -> Bool {
        guard line.byteCount > 0 else { return false }
        let (length, name) =
            switch line.byte(0) | 0x20 {
            case UInt8(ascii: "c"): (14, "content-length" as StaticString)
            case UInt8(ascii: "t"): (17, "transfer-encoding")
            default: (0, "")
            }
        // A blank before the colon is an error that some overlook.
        guard length > 0, line.byteCount > length else { return false }
        return line.equalsIgnoringCase(0..<length, name) && ":\t ".utf8.contains(line.byte(length))
    }
}
