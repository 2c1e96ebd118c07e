/// What a metrics client asks for. Fields are of no interest.
enum HTTPRequestHead: Equatable {
    case request(method: String, path: String)
    case malformed
    case tooLong

    /// Parses a request line (RFC 9112, section 3) once the empty line behind the fields is there; nil before.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: Unicode.ASCII.self)
        guard text.utf8.containsEnd else { return nil }
        let line = text.utf8.prefix { $0 != 0x0D && $0 != 0x0A }
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false).map { String($0) ?? "" }
        guard parts.count == 3, !parts[0].isEmpty, parts[1].hasPrefix("/"), parts[2].hasPrefix("HTTP/1.")
        else {
            self = .malformed
            return
        }
        self = .request(method: parts[0], path: String(parts[1].prefix { $0 != "?" }))
    }
}

extension String.UTF8View {
    /// An empty line: two line breaks behind each other, with or without carriage returns.
    fileprivate var containsEnd: Bool {
        var breaks = 0
        for byte in self where byte != 0x0D {
            breaks = byte == 0x0A ? breaks + 1 : 0
            if breaks == 2 { return true }
        }
        return false
    }
}
