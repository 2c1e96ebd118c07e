internal import ArgumentParser
internal import Glibc

/// What the user sees.
enum Terminal {
    /// Colour is for eyes: on a terminal that has it, unless NO_COLOR asks for none (no-color.org).
    static var hasColour: Bool {
        guard isatty(STDOUT_FILENO) == 1 else { return false }
        if let no = unsafe getenv("NO_COLOR"), unsafe no.pointee != 0 { return false }
        guard let name = unsafe getenv("TERM") else { return false }
        return unsafe String(cString: name) != "dumb"
    }

    /// Writes to standard output; a reader that has gone ends the program, as it would any other.
    static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

    /// One line on standard error.
    static func complain(_ text: String) { write("mirrorctl: \(text)\n", to: STDERR_FILENO) }

    /// Tells of a failure; what it returns is to be thrown, and ends the program with the right code.
    static func end(_ failure: Client.Failure) -> ExitCode { end("\(failure)", code: failure.exitCode) }

    /// The same for any other failure.
    static func end(_ text: String, code: Int32) -> ExitCode {
        complain(text)
        return ExitCode(code)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 || errno == EINTR || errno == EAGAIN else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
