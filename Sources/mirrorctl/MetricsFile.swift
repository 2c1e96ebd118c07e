internal import Glibc

/// A file that another process may read at any time: the old one or the new one, never half of it.
enum MetricsFile {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String {
            let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            return "cannot write \(path): \(reason)"
        }
    }

    /// Writes a file beside `path` and renames it (rename(2)). The name of that one does not end in .prom: the textfile
    /// collector of Prometheus' node exporter must not read it.
    static func write(_ text: String, to path: String) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(0o644))
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(file) }
        let count = unsafe Glibc.write(file, text, text.utf8.count)
        guard count == text.utf8.count, unsafe rename(temporary, path) == 0 else {
            let code = count >= 0 && count < text.utf8.count ? ENOSPC : errno
            _ = unsafe unlink(temporary)
            throw Failure(path: path, code: code)
        }
    }
}
