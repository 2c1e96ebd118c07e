internal import Glibc

/// A file that holds the process id while the process runs.
struct PIDFile: ~Copyable {
    private let path: String

    /// Writes the id of this process; replaces what a dead process may have left.
    init(_ path: String) throws(PIDFileError) {
        self.path = path
        let text = "\(getpid())\n"
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(0o644))
        guard number >= 0 else { throw PIDFileError(path: path, code: errno) }
        let file = Descriptor(owning: number)
        guard unsafe write(file.rawValue, text, text.utf8.count) == text.utf8.count else {
            throw PIDFileError(path: path, code: errno)
        }
    }

    deinit { _ = unsafe unlink(path) }
}

/// The pid file could not be written.
struct PIDFileError: Error, CustomStringConvertible {
    let path: String
    let code: Int32
    var description: String {
        "cannot write pid file \(path.debugDescription): \(SystemError.text(of: code))"
    }
}
