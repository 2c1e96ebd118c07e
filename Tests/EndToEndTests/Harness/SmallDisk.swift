import Foundation

/// A file system of 64 KB in memory; gone with its owner.
final class SmallDisk {
    let path: String

    init(at path: String) throws {
        self.path = path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0 else {
            throw HarnessError("mount: errno \(errno)")
        }
    }

    deinit { umount(path) }

    /// Writes until nothing more goes.
    func fill() throws {
        let number = open("\(path)/ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(number) }
        let block = [UInt8](repeating: 1, count: 4096)
        while write(number, block, block.count) > 0 {}
    }
}
