internal import Glibc

/// A file that holds the process id, and a lock, while the process runs.
struct PIDFile: ~Copyable {
    private let path: String
    private let file: Descriptor

    /// Writes the id of this process. What a dead process left behind is replaced; a live one holds the lock.
    init(_ path: String) throws(PIDFileError) {
        self.path = path
        file = try Self.write(path)
    }

    private static func write(_ path: String) throws(PIDFileError) -> Descriptor {
        let text = "\(getpid())\n"
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode_t(0o644))
        guard number >= 0 else { throw PIDFileError(path: path, reason: SystemError.text(of: errno)) }
        let file = Descriptor(owning: number)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            throw PIDFileError(path: path, reason: "a running process holds it")
        }
        guard ftruncate(number, 0) == 0, unsafe Glibc.write(number, text, text.utf8.count) == text.utf8.count
        else { throw PIDFileError(path: path, reason: SystemError.text(of: errno)) }
        return file
    }

    deinit { _ = unsafe unlink(path) }
}

/// The pid file could not be written.
struct PIDFileError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "cannot write pid file \(path.debugDescription): \(reason)" }
}
