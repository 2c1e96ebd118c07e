internal import Glibc
internal import System

/// Questions about files that change nothing, with the rights that the process acts with (not those it was started with).
enum Files {
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0
    }

    /// 0, or the errno that using it so would have.
    static func refusal(_ path: String, _ access: Int32) -> Int32 {
        unsafe faccessat(AT_FDCWD, path, access, AT_EACCESS) == 0 ? 0 : errno
    }

    /// The text of a regular file, never waiting for anybody: nothing of it is missing. Throws `CheckProblem`.
    static func text(of path: String) throws -> String {
        func problem(_ text: String) -> CheckProblem {
            CheckProblem("\(path): \(text)", status: ExitStatus.config)
        }
        // Blocking, the opening of a pipe would wait for one who writes into it.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw problem("it cannot be read: \(SystemError.text(of: errno))") }
        let file = Descriptor(owning: number)
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw problem("it is not a regular file; one with lines of text expected")
        }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(file.rawValue, $0.baseAddress.map { unsafe $0 + count }, $0.count - count)
            }
            guard got >= 0 else { throw problem("it cannot be read: \(SystemError.text(of: errno))") }
            if got == 0 { return String(decoding: bytes.prefix(count), as: UTF8.self) }
            count += got
        }
        throw problem("it is longer than \(longest >> 10) KiB; a few lines of text expected")
    }

    /// Bytes of a text that somebody has written for systemd.
    private static let longest = 1 << 20

    /// The directory that a path is in.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// The path without links in its directories, as far as these are there: /var/run is /run.
    static func resolved(_ path: String) -> String {
        let folder = directory(of: path)
        guard folder != "/" else { return path }
        let name = path.dropFirst(folder.count)
        guard let real = unsafe realpath(folder, nil) else { return resolved(folder) + name }
        defer { unsafe free(real) }
        return unsafe String(cString: real) + name
    }

    /// Names in a directory; none when it cannot be read.
    static func names(in path: String) -> [String] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                names.append(unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
            }
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    /// What a symbolic link says; nil for what is none.
    static func link(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 256)
        let count = unsafe readlink(path, &bytes, bytes.count)
        return count < 0 ? nil : String(field: Array(bytes.prefix(count)))
    }

    /// `path` is `folder`, or in it.
    static func isWithin(_ path: String, _ folder: String) -> Bool {
        path == folder || folder == "/" || path.hasPrefix("\(folder)/")
    }
}
