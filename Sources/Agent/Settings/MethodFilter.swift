internal import SPOP

/// Which methods are mirrored: for mirrors that must not see writes.
enum MethodFilter: Hashable, Sendable, CustomStringConvertible {
    case all
    case only([[UInt8]])

    /// The methods that do not ask for a change of state (RFC 9110, section 9.2.1).
    static let safe = MethodFilter.only(["GET", "HEAD", "OPTIONS", "TRACE"].map { Array($0.utf8) })

    /// `all`, `safe`, or method names separated by commas. Names are case-sensitive (RFC 9110, section 9.1).
    init(_ text: String) throws(InvalidValue) {
        switch text {
        case "all": self = .all
        case "safe": self = .safe
        default:
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map { Array($0.utf8) }
            let areTokens = names.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isTokenByte } }
            // Method names are case-sensitive: these would never match, and everything would be skipped.
            let known = [
                "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "ALL", "SAFE",
            ]
            let areMistaken = text.split(separator: ",").contains { name in
                let upper = name.uppercased()
                return known.contains(upper) && (name != upper || upper == "ALL" || upper == "SAFE")
            }
            guard areTokens, !areMistaken else {
                throw InvalidValue(
                    text, accepted: "all, safe, or methods in capitals separated by commas, such as GET,HEAD")
            }
            self = .only(names)
        }
    }

    /// CONNECT is never mirrored, whatever the list says: where the mirror is a proxy, it would open a tunnel to a host that a
    /// client chose (RFC 9110, section 9.3.6).
    func allows(_ method: Range<Int>, in payload: RawSpan) -> Bool {
        if payload.matches(method, "CONNECT") { return false }
        return switch self {
        case .all: true
        case .only(let names): names.contains { payload.matches(method, $0) }
        }
    }

    var description: String {
        switch self {
        case .all: "all"
        case .only where self == .safe: "safe"
        case .only(let names): names.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
        }
    }
}
