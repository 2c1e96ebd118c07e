internal import Glibc
internal import System

/// Who listens where somebody else wants to, as far as /proc tells.
struct SocketHolder {
    /// Who made the socket.
    let uid: uid_t
    /// Nil when this process may not know.
    let pid: pid_t?

    /// Room for the listening sockets, which the kernel names first.
    private static let longest = 1 << 20

    /// Of what listens on a TCP port, at any address; nil when that cannot be seen.
    static func ofPort(_ port: UInt16) -> SocketHolder? {
        let wanted =
            ":" + String(repeating: "0", count: 4 - String(port, radix: 16).count)
            + String(port, radix: 16, uppercase: true)
        for table in ["tcp", "tcp6"] {
            for line in KernelFile.contents(of: "/proc/self/net/\(table)", upTo: longest).split(
                separator: "\n")
            {
                // sl local rem st tx:rx tr:when retransmits uid timeout inode
                let fields = line.split(separator: " ")
                guard fields.count > 9, fields[1].hasSuffix(wanted), fields[3] == "0A",
                    let uid = uid_t(fields[7])
                else { continue }
                return SocketHolder(uid: uid, pid: process(with: String(fields[9])))
            }
        }
        return nil
    }

    /// Of what listens on a UNIX socket; nil when nobody does, or that cannot be seen.
    static func ofSocket(_ path: String) -> SocketHolder? {
        for line in KernelFile.contents(of: "/proc/self/net/unix", upTo: longest).split(separator: "\n") {
            // Num: RefCount Protocol Flags Type St Inode Path
            let fields = line.split(separator: " ", maxSplits: 7)
            guard fields.count == 8, fields[7] == path, let flags = UInt32(fields[3], radix: 16),
                flags & 0x10000 != 0
            else { continue }
            var status = stat()
            guard unsafe lstat(path, &status) == 0 else { return nil }
            return SocketHolder(uid: status.st_uid, pid: process(with: String(fields[6])))
        }
        return nil
    }

    /// Of a file that is locked as a whole (flock(2)).
    static func ofLock(on path: String) -> SocketHolder? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        for line in KernelFile.contents(of: "/proc/locks", upTo: longest).split(separator: "\n") {
            // 1: FLOCK ADVISORY WRITE pid major:minor:inode start end, the first two in hexadecimal
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK" else { continue }
            let numbers = fields[5].split(separator: ":")
            guard numbers.count == 3, dev_t(numbers[0], radix: 16) == status.st_dev >> 8 & 0xFFF,
                dev_t(numbers[1], radix: 16) == status.st_dev & 0xFF | status.st_dev >> 12 & 0xFFF00,
                ino_t(numbers[2]) == status.st_ino
            else { continue }
            return SocketHolder(uid: status.st_uid, pid: pid_t(fields[4]))
        }
        return nil
    }

    private static func process(with inode: String) -> pid_t? {
        // systemd holds sockets that it has passed on, too: the one who serves is the one to name.
        var found: [pid_t] = []
        for name in Files.names(in: "/proc") {
            guard let pid = pid_t(name) else { continue }
            let folder = "/proc/\(name)/fd"
            if Files.names(in: folder).contains(where: {
                Files.link("\(folder)/\($0)") == "socket:[\(inode)]"
            }) {
                found.append(pid)
            }
        }
        return found.max { $0 == 1 || ($1 != 1 && $0 > $1) }
    }

    /// The program's name, of at most 15 bytes; nil when it cannot be seen.
    var program: String? {
        guard let pid else { return nil }
        let name = KernelFile.contents(of: "/proc/\(pid)/comm").prefix { !$0.isNewline }
        return name.isEmpty ? nil : String(name)
    }

    /// A process of the unit itself: it ends before the next one starts.
    func isOf(unit: String) -> Bool {
        guard let pid else { return false }
        let groups = KernelFile.contents(of: "/proc/\(pid)/cgroup").split(separator: "\n")
        return groups.contains { $0.hasSuffix("/\(unit)") }
    }

    /// `nginx, process 12`, or `a process of user 33`.
    var name: String {
        guard let pid else { return "a process of user \(uid); root sees which" }
        return "\(program ?? "a program"), process \(pid)"
    }
}
