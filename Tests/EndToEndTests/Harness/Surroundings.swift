import Foundation

/// Commands that execute the one behind them in circumstances that only root, or a shell, can make.
enum Surroundings {
    /// What root alone can do, for tests to say that they are skipped.
    static let canMount = FileMount.isPossible

    /// Where /proc is empty.
    static func withoutProc() throws -> [String] {
        [try Executables.find("unshare"), "--mount", "/bin/sh", "-c", #"umount -l /proc && exec "$@""#, "sh"]
    }

    /// With the descriptors of `mask` closed: 1 for standard input, 2 for output, 4 for errors. Without /dev, too, when there
    /// is to be nothing that could be opened in their place.
    static func closing(_ mask: Int, withoutDevices: Bool = false) throws -> [String] {
        let closed = ["<&-", ">&-", "2>&-"].enumerated().filter { mask & 1 << $0.offset != 0 }.map(\.element)
        let command = #"exec "$@" \#(closed.joined(separator: " "))"#
        guard withoutDevices else { return ["/bin/sh", "-c", command, "sh"] }
        return [
            try Executables.find("unshare"), "--mount", "/bin/sh", "-c",
            "mount -t tmpfs none /dev && \(command)", "sh",
        ]
    }

    /// As the user `nobody`, without a capability. Where nobody else's programs may be looked at, such as in /root, they could not
    /// be executed: the one that follows is copied to `directory`.
    static func nobody(running program: String, in directory: TemporaryDirectory) throws -> [String] {
        let copy = directory.file("program")
        try FileManager.default.copyItem(atPath: program, toPath: copy)
        chmod(directory.path, 0o755)
        return [
            try Executables.find("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups",
            "--bounding-set=-all", "--inh-caps=-all", "/bin/sh", "-c", #"shift; exec "$0" "$@""#, copy,
        ]
    }
}
