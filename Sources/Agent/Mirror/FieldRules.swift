internal import SPOP

/// What the parts of a request may consist of, so that they are at the mirror what they were at HAProxy.
enum FieldRules {
    /// RFC 9110, section 5.6.2.
    static func isToken(_ range: Range<Int>, in payload: RawSpan) -> Bool {
        !range.isEmpty
            && range.allSatisfy { index in
                switch payload.byte(index) {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                case let byte: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// No blank and no control byte: they would end the target early.
    static func isTarget(_ range: Range<Int>, in payload: RawSpan) -> Bool {
        !range.isEmpty && range.allSatisfy { payload.byte($0) > 0x20 && payload.byte($0) != 0x7F }
    }

    /// A name with a colon, or with the semicolon that means something to libcurl, would become another field.
    @inline(__always)
    static func isSendable(_ field: HeaderReader.Header, in block: RawSpan) -> Bool {
        guard !block.containsLineBreak(field.name), !block.containsLineBreak(field.value) else {
            return false
        }
        // libcurl takes vertical tabs and form feeds for blanks, and a value of blanks for none.
        let value = block.trimmed(field.value)
        if !value.isEmpty, block.byte(value.lowerBound) == 0x0B || block.byte(value.lowerBound) == 0x0C {
            return false
        }
        return field.name.allSatisfy {
            block.byte($0) != UInt8(ascii: ":") && block.byte($0) != UInt8(ascii: ";")
        }
    }

    /// A Content-Length: digits alone, at most 18 of them; nil for anything else.
    static func length(_ range: Range<Int>, in block: RawSpan) -> Int? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var length = 0
        for index in range {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = block.byte(index) else { return nil }
            length = length * 10 + Int(block.byte(index) - UInt8(ascii: "0"))
        }
        return length
    }
}
