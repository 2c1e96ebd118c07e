internal import Glibc
internal import System

/// A file that holds the process id, and a lock, while the process runs; removed with its owner, unless somebody has put another
/// there.
struct PIDFile: ~Copyable {
    /// Bytes that a pid file has at most: more than any process id and its line break.
    private static let longest = 32

    private let path: String
    private let file: Descriptor

    /// Writes the id of this process. What a dead process left behind is replaced; a live one holds the lock. Whoever else can
    /// write in the directory can put there what is none of ours: nothing but a pid file of this user, or root's, is written to.
    init(_ path: String) throws(PIDFileError) {
        let text = "\(getpid())\n"
        let file = try Self.open(path)
        guard ftruncate(file.rawValue, 0) == 0,
            unsafe pwrite(file.rawValue, text, text.utf8.count, 0) == text.utf8.count
        else { throw PIDFileError(path, code: errno) }
        self.path = path
        self.file = file
    }

    /// Opened, locked, and still what `path` names.
    private static func open(_ path: String) throws(PIDFileError) -> Descriptor {
        for _ in 0..<10 {
            var number = unsafe Glibc.open(path, flags | O_CREAT | O_EXCL, mode_t(0o644))
            let isOurs = number >= 0
            if !isOurs, errno == EEXIST { number = unsafe Glibc.open(path, flags) }
            guard number >= 0 else {
                if errno == ENOENT, unsafe access(path, F_OK) == 0 { continue }
                throw failure(path)
            }
            let file = Descriptor(owning: number)
            if !isOurs { try check(number, path) }
            guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
                throw PIDFileError(path, "a running process holds it")
            }
            // Its last owner may have removed it in between.
            if isNamed(path, number) { return file }
        }
        throw PIDFileError(path, "other programs keep removing it")
    }

    /// Whether there is a pid file that this process may have; throws when something else is there. Changes nothing.
    static func inspect(_ path: String) throws(PIDFileError) -> Bool {
        let number = unsafe Glibc.open(path, flags)
        guard number >= 0 else {
            if errno == ENOENT { return false }
            throw failure(path)
        }
        let file = Descriptor(owning: number)
        try check(file.rawValue, path)
        return true
    }

    private static var flags: Int32 { O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY }

    /// Of an open(2) that has just failed.
    private static func failure(_ path: String) -> PIDFileError {
        errno == ELOOP ? PIDFileError(path, "it is a symbolic link") : PIDFileError(path, code: errno)
    }

    /// Throws when what was there before is not a pid file that this process may have.
    private static func check(_ number: Int32, _ path: String) throws(PIDFileError) {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { throw PIDFileError(path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw PIDFileError(path, "it is not a regular file") }
        guard status.st_nlink <= 1 else { throw PIDFileError(path, "it has a second name, a hard link") }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw PIDFileError(path, "it belongs to another user")
        }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        let count = unsafe pread(number, &bytes, bytes.count, 0)
        guard 0...longest ~= count,
            bytes.prefix(count).allSatisfy({ 0x30...0x39 ~= $0 || $0 == 0x0A || $0 == 0x20 })
        else { throw PIDFileError(path, "its content is no process id") }
    }

    private static func isNamed(_ path: String, _ number: Int32) -> Bool {
        var (named, opened) = (stat(), stat())
        return unsafe lstat(path, &named) == 0 && fstat(number, &opened) == 0
            && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
    }

    deinit {
        guard Self.isNamed(path, file.rawValue), unsafe unlink(path) != 0 else { return }
        // The directory is not ours to change. The id may soon be another process's.
        _ = ftruncate(file.rawValue, 0)
    }
}

/// The pid file could not be written.
struct PIDFileError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    /// `errno` where a system call failed, or 0.
    let code: Int32

    init(_ path: String, _ reason: String? = nil, code: Int32 = 0) {
        (self.path, self.reason, self.code) = (path, reason ?? SystemError.text(of: code), code)
    }

    var description: String { "cannot write pid file \(path.debugDescription): \(reason)" }
}
