internal import Glibc

/// Small texts that the kernel makes up when they are read, in /proc and /sys.
package enum KernelFile {
    /// The first `limit` bytes of a file; nothing when it cannot be read.
    package static func contents(of path: String, upTo limit: Int = 16 << 10) -> String {
        guard let file = unsafe fopen(path, "re") else { return "" }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
