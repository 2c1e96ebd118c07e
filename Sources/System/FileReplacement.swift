package import Glibc

/// Files that another process may read at any time: what it finds is the old one or the new one, never half of it.
package enum FileReplacement {
    /// Writes a file beside `path`, with another ending, and renames it (rename(2)).
    ///
    /// The umask takes from its `mode`, unless the file is `forAll`. `isDurable` has it on the disk before it takes the place of the
    /// old one. `action` is that of the error.
    package static func write(
        _ text: String, to path: String, mode: mode_t, forAll isForAll: Bool = false, isDurable: Bool = false,
        action: String
    ) throws(SystemError) {
        // Nobody can put a link in the place of a name that nobody knows.
        let temporary = "\(path).new-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = unsafe open(temporary, flags, mode)
        guard number >= 0 else { throw SystemError(action) }
        defer { close(number) }
        if isForAll { fchmod(number, mode) }
        var code = Output.write(text, to: number)
        if code == 0, isDurable, fsync(number) != 0 { code = errno }
        if code == 0, unsafe rename(temporary, path) != 0 { code = errno }
        guard code == 0 else {
            _ = unsafe unlink(temporary)
            throw SystemError(action, code: code)
        }
    }
}
