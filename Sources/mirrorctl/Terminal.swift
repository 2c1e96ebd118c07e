internal import Glibc
internal import System

/// What the user sees.
enum Terminal {
    /// Colour is for eyes: on a terminal that has it, unless NO_COLOR asks for none (no-color.org).
    static var hasColour: Bool {
        guard isatty(STDOUT_FILENO) == 1, Environment.value("NO_COLOR") == nil else { return false }
        guard let name = unsafe getenv("TERM") else { return false }
        return unsafe String(cString: name) != "dumb"
    }

    /// Columns of standard output: what the terminal says, or COLUMNS, or 80.
    static var width: Int {
        var size = winsize()
        if unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return Int(size.ws_col)
        }
        let given = Environment.value("COLUMNS").flatMap { Int($0) } ?? 0
        return given > 0 ? given : 80
    }

    /// Writes to standard output; a reader that has gone ends the program, as it would any other.
    static func print(_ text: String) {
        let code = Output.write(text, to: STDOUT_FILENO)
        guard code != 0 else { return }
        // A script must not take half an answer, or none, for a whole one.
        complain("cannot write: \(SystemError.text(of: code))")
        exit(74)
    }

    /// One line on standard error.
    static func complain(_ text: String) { _ = Output.write("mirrorctl: \(text)\n", to: STDERR_FILENO) }
}
