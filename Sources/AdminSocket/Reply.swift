/// What a command answers.
package enum Reply: Equatable, Sendable {
    /// Nothing to say.
    case silence
    /// Lines of data, which never get a prefix.
    case data([String])
    /// One line that tells what has changed.
    case message(String)
}

/// How messages and errors begin, on one connection (HAProxy's management guide, "set severity-output").
package enum SeverityOutput: String, CaseIterable, Sendable {
    case none = "none", number = "number", string = "string"

    /// Syslog's numbers and names (RFC 5424, section 6.2.1).
    private func prefix(_ number: Int, _ name: String) -> String {
        switch self {
        case .none: ""
        case .number: "[\(number)]: "
        case .string: "[\(name)]: "
        }
    }

    /// The bytes of an answer: its lines, and the empty line that ends it.
    package func encode(_ reply: Reply) -> [UInt8] {
        switch reply {
        case .silence: Self.frame([])
        case .data(let lines): Self.frame(lines)
        case .message(let text): Self.frame([prefix(6, "info") + text])
        }
    }

    /// The bytes of a failure.
    package func encode(_ error: CommandError) -> [UInt8] {
        Self.frame([prefix(3, "err") + error.description])
    }

    /// No answer may have an empty line inside: a line of data that is empty is left out.
    private static func frame(_ lines: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for line in lines where !line.isEmpty {
            bytes += line.utf8
            bytes.append(0x0A)
        }
        bytes.append(0x0A)
        return bytes
    }
}

/// An answer as a client reads it, when it has asked for numbers as severity.
package enum ReceivedReply: Equatable, Sendable {
    case data([String])
    case message(String)
    case error(String)

    /// The answers in all that a daemon has said until it closed; nil when the last one broke off.
    package static func parse(_ text: String) -> [ReceivedReply]? {
        var replies: [ReceivedReply] = []
        var lines: [String] = []
        var rest = text[...]
        while let end = rest.firstIndex(of: "\n") {
            let line = rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard line.isEmpty else {
                lines.append(String(line))
                continue
            }
            replies.append(ReceivedReply(lines))
            lines = []
        }
        return lines.isEmpty && rest.isEmpty ? replies : nil
    }

    private init(_ lines: [String]) {
        guard lines.count == 1, let line = lines.first else {
            self = .data(lines)
            return
        }
        if line.hasPrefix("[6]: ") {
            self = .message(String(line.dropFirst(5)))
        } else if line.hasPrefix("[3]: ") {
            self = .error(String(line.dropFirst(5)))
        } else {
            self = .data(lines)
        }
    }
}
