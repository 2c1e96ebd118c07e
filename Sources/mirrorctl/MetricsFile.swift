internal import Glibc
internal import System

/// Where `metrics -o` writes. A file that another process may read at any time is the old one or the new one, never half of it;
/// a device or a pipe is written into.
enum MetricsFile {
    /// Replaces a regular file, or makes one. A pipe that nobody reads is waited for, `patience` seconds.
    static func write(_ text: String, to path: String, patience: Double) throws(Failure) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return try replace(path, text) }
        var isLink = false
        if status.st_mode & S_IFMT == S_IFLNK {
            isLink = true
            // Such as /dev/stdout, whatever is behind it.
            if isStandardOutput(path) { return Terminal.print(text) }
            if unsafe stat(path, &status) != 0 { status.st_mode = S_IFLNK }
        }
        switch status.st_mode & S_IFMT {
        // In a directory that others write to, a link may lead to any file.
        case S_IFREG where isLink, S_IFLNK: throw failure(path, "it is a symbolic link")
        case S_IFREG: try replace(path, text)
        case S_IFCHR, S_IFIFO: try writeInto(path, text, patience)
        case S_IFDIR: throw failure(path, "it is a directory")
        case S_IFBLK: throw failure(path, "it is a block device")
        default: throw failure(path, "it is a socket")
        }
    }

    private static func isStandardOutput(_ path: String) -> Bool {
        var (named, output) = (stat(), stat())
        return unsafe stat(path, &named) == 0 && fstat(STDOUT_FILENO, &output) == 0
            && named.st_dev == output.st_dev && named.st_ino == output.st_ino
    }

    /// The name of the file beside it does not end in .prom: the textfile collector of Prometheus' node exporter must not read it.
    private static func replace(_ path: String, _ text: String) throws(Failure) {
        do throws(SystemError) {
            // The collector is another user, whatever our umask is.
            try FileReplacement.write(text, to: path, mode: 0o644, forAll: true, action: "write \(path)")
        } catch {
            throw failure(path, SystemError.text(of: error.code))
        }
    }

    private static func writeInto(_ path: String, _ text: String, _ patience: Double) throws(Failure) {
        var waited = 0.0
        while true {
            let file = unsafe open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            if file >= 0 {
                defer { close(file) }
                let code = Output.write(text, to: file)
                guard code != 0 else { return }
                throw failure(path, SystemError.text(of: code))
            }
            // A pipe without a reader (fifo(7)).
            guard errno == ENXIO, waited < patience else {
                throw failure(
                    path, errno == ENXIO ? "nobody reads there" : SystemError.text(of: errno))
            }
            _ = poll(nil, 0, 20)
            waited += 0.02
        }
    }

    private static func failure(_ path: String, _ reason: String) -> Failure {
        Failure("cannot write \(path): \(reason)", exitCode: 73)
    }
}
