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
        isNamed("content-length", line) || isNamed("transfer-encoding", line)
    }

    private static func isNamed(_ name: StaticString, _ line: RawSpan) -> Bool {
        let length = name.utf8CodeUnitCount
        // A blank before the colon is an error that some overlook.
        return line.byteCount > length && line.equalsIgnoringCase(0..<length, name)
            && ":\t ".utf8.contains(line.byte(length))
    }
}
