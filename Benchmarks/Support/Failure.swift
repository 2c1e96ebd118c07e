import Glibc

/// Something that keeps a benchmark from going on.
struct Failure: Error, CustomStringConvertible {
    /// One line for whoever started it.
    let description: String

    init(_ description: String) { self.description = description }

    /// A system call that failed; to be made right after it.
    static func system(_ action: String) -> Failure {
        Failure("cannot \(action): \(String(cString: strerror(errno)))")
    }
}

/// Says something to the terminal, beside the results.
func log(_ text: String) {
    let line = Array("bench: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
