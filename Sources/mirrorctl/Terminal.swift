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
    static func print(_ text: String) {
        let code = write(text, to: STDOUT_FILENO)
        guard code != 0 else { return }
        // A script must not take half an answer, or none, for a whole one.
        complain("cannot write: \(reason(code))")
        exit(74)
    }

    /// One line on standard error.
    static func complain(_ text: String) { _ = write("mirrorctl: \(text)\n", to: STDERR_FILENO) }

    /// Tells of a failure; what it returns is to be thrown, and ends the program with the right code.
    static func end(_ failure: Client.Failure) -> ExitCode { end("\(failure)", code: failure.exitCode) }

    /// The same for any other failure.
    static func end(_ text: String, code: Int32) -> ExitCode {
        complain(text)
        return ExitCode(code)
    }

    /// `errno` in words.
    static func reason(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    /// Writes all of `text`, however long that takes; returns 0, or `errno`.
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&entry, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
