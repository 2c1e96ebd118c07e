internal import SPOP

/// The target of a request line (RFC 9112, section 3.2), as far as the copy has to change it.
enum RequestTarget {
    /// Sent byte for byte, behind the prefix of the mirror URL.
    case origin(Range<Int>)
    /// `?query`, or nothing, of a target without a path, or of which the path was stripped: "/" is put in front.
    case pathless(Range<Int>)
    /// Sent byte for byte and without prefix: "*", and whatever has neither "/" nor a scheme in front.
    case verbatim(Range<Int>)
    /// "*", for OPTIONS with an absolute-form target that ends with the authority (RFC 9112, section 3.2.4).
    case asterisk

    /// Sorts a target. HTTP/2 clients and clients of a proxy send the absolute form, the mirror wants the origin form.
    init(_ range: Range<Int>, in payload: RawSpan, method: Range<Int>) {
        guard payload.byte(range.lowerBound) != UInt8(ascii: "/") else {
            self = .origin(range)
            return
        }
        guard let authority = Self.authorityStart(range, in: payload) else {
            self = .verbatim(range)
            return
        }
        let path = (authority..<range.upperBound).first { "/?#".utf8.contains(payload.byte($0)) }
        guard let path, payload.byte(path) != UInt8(ascii: "#") else {
            self = payload.matches(method, "OPTIONS") ? .asterisk : .pathless(0..<0)
            return
        }
        let rest = path..<range.upperBound
        self = payload.byte(path) == UInt8(ascii: "/") ? .origin(rest) : .pathless(rest)
    }

    /// The same without `prefix`, where that is one or more whole segments at the beginning of its path.
    func without(_ prefix: PathPrefix, in payload: RawSpan) -> RequestTarget {
        guard case .origin(let range) = self, range.count >= prefix.bytes.count else { return self }
        let end = range.lowerBound + prefix.bytes.count
        guard payload.matches(range.lowerBound..<end, prefix.bytes) else { return self }
        let rest = end..<range.upperBound
        guard let next = rest.first else { return .pathless(rest) }
        return switch payload.byte(next) {
        case UInt8(ascii: "/"): .origin(rest)
        case UInt8(ascii: "?"): .pathless(rest)
        default: self
        }
    }

    /// The first byte behind `scheme://`; nil when the target does not start with a scheme (RFC 3986, section 3.1).
    private static func authorityStart(_ range: Range<Int>, in payload: RawSpan) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            switch payload.byte(index) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): index += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                guard index > range.lowerBound else { return nil }
                index += 1
            case UInt8(ascii: ":"):
                let behind = index + 3
                guard index > range.lowerBound, behind <= range.upperBound,
                    payload.byte(index + 1) == UInt8(ascii: "/"), payload.byte(index + 2) == UInt8(ascii: "/")
                else { return nil }
                return behind
            default: return nil
            }
        }
        return nil
    }
}
