/// What a metrics client asks for. Fields are of no interest.
enum HTTPRequestHead: Equatable {
    case request(method: String, path: String)
    case malformed
    case tooLong

    /// Parses a request line (RFC 9112, section 3) once the empty line behind the fields is there; nil before.
    init?(_ bytes: [UInt8]) {
        // Two line breaks behind each other, with or without carriage returns.
        let lines = bytes.lazy.filter { $0 != 0x0D }
        guard zip(lines, lines.dropFirst()).contains(where: { $0 == 0x0A && $1 == 0x0A }) else { return nil }
        let line = String(decoding: bytes, as: Unicode.ASCII.self).utf8.prefix { $0 != 0x0D && $0 != 0x0A }
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false).map { String($0) ?? "" }
        guard parts.count == 3, !parts[0].isEmpty, parts[1].hasPrefix("/"), parts[2].hasPrefix("HTTP/1.")
        else {
            self = .malformed
            return
        }
        self = .request(method: parts[0], path: String(parts[1].prefix { $0 != "?" }))
    }
}
