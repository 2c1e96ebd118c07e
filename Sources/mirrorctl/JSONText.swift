/// What the client says itself under `--json`, each an object on one line. `format` is raised when a key changes its meaning or
/// goes.
enum JSONText {
    /// Of a change.
    static func message(_ text: String) -> String {
        "{\"format\":1,\"message\":\(quote(text)),\"ok\":true}\n"
    }

    /// Of what the daemon has no JSON for.
    static func lines(_ lines: [String]) -> String {
        "{\"format\":1,\"lines\":[\(lines.map(quote).joined(separator: ","))],\"ok\":true}\n"
    }

    /// Of a failure and its exit code.
    static func failure(_ text: String, code: Int32) -> String {
        "{\"code\":\(code),\"error\":\(quote(text)),\"format\":1,\"ok\":false}\n"
    }

    /// A string of JSON (RFC 8259, section 7).
    static func quote(_ text: String) -> String {
        let characters = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\u{0}"..<" ": "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
            default: "\(scalar)"
            }
        }
        return "\"\(characters.joined())\""
    }
}
