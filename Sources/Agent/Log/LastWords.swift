internal import Glibc
internal import Logging

/// What is said on standard error when there is no log: before it is open, and when the process can go on no more.
enum LastWords {
    /// Says it in one line.
    static func say(_ text: String) {
        let text = inOneLine(text)
        let isInJournal = LogFormat.of(standard: STDERR_FILENO) == .journal
        let line = isInJournal ? "\(LogFormat.journal.line(.error, text))\n" : "spoa-mirror: \(text)\n"
        _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
    }

    static func say(_ error: any Error) { say("\(error)") }

    /// Values from the command line are echoed: what would break the line, or steer a terminal, is shown escaped.
    static func inOneLine(_ text: String) -> String {
        text.map { character in
            guard !character.isNewline else { return "\\n" }
            let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            return isControl
                ? character.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() : String(character)
        }.joined()
    }
}
