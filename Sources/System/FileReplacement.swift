package import Glibc

/// Files that another process may read at any time: it sees the old file or the new one, never half of one.
package enum FileReplacement {
    /// Writes a temporary file next to `path`, with another extension, and renames it to `path` (rename(2)).
    ///
    /// The umask applies to `mode` unless the file is `forAll`. What is there already `keeps` being a link, and its mode and, where that
    /// is allowed, its owner. With `isDurable` the data is on disk before the rename, and the
    /// rename when this returns. Errors carry `action` and leave the old file in place.
    package static func write(
        _ text: String, to path: String, mode: mode_t, forAll isForAll: Bool = false, keeps: Bool = false,
        isDurable: Bool = false, action: String
    ) throws(SystemError) {
        let path = keeps ? target(of: path) : path
        var old = stat()
        let isKept = unsafe keeps && stat(path, &old) == 0
        // Nobody can put a link in the place of a name that nobody knows.
        let temporary = "\(path).new-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = unsafe open(temporary, flags, mode)
        guard number >= 0 else { throw SystemError(action) }
        defer { close(number) }
        if isForAll { fchmod(number, mode) }
        if isKept {
            // Either may be refused, and the other allowed.
            fchown(number, old.st_uid, gid_t.max)
            fchown(number, uid_t.max, old.st_gid)
            fchmod(number, old.st_mode & 0o777)
        }
        var code = Output.write(text, to: number)
        if code == 0, isDurable, fsync(number) != 0 { code = errno }
        if code == 0, unsafe rename(temporary, path) != 0 { code = errno }
        guard code == 0 else {
            _ = unsafe unlink(temporary)
            throw SystemError(action, code: code)
        }
        if isDurable { syncDirectory(of: path) }
    }

    /// Where the links at `path` lead to in the end, whether something is there or not. Only root's links and our own are followed: where
    /// others may write, they would choose the file.
    private static func target(of path: String) -> String {
        var path = path
        // As many as the kernel follows.
        for _ in 0..<40 {
            var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
            var status = stat()
            guard unsafe lstat(path, &status) == 0, status.st_uid == geteuid() || status.st_uid == 0,
                unsafe readlink(path, &bytes, bytes.count - 1) > 0
            else { break }
            let link = String(field: bytes)
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            path = link.hasPrefix("/") ? link : folder + link
        }
        return path
    }

    /// The file is in its place by now: one whose directory cannot be read, or is on no disk, is written all the same.
    private static func syncDirectory(of path: String) {
        let name = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let directory = unsafe open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}
