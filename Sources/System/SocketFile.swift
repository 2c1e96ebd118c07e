internal import Glibc

/// The file of a UNIX socket that this process listens on; removed with its owner, unless somebody has put another there.
package struct SocketFile: ~Copyable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Takes over the file that was just bound.
    package init(bound path: String) {
        self.path = path
        var status = stat()
        _ = unsafe lstat(path, &status)
        (device, inode) = (status.st_dev, status.st_ino)
    }

    deinit {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else {
            return
        }
        _ = unsafe unlink(path)
    }
}
