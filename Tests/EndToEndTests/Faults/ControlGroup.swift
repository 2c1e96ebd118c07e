import Foundation

/// A control group whose processes have so much memory and no more; gone with its owner. Version 2, or version 1 beside it.
final class ControlGroup {
    private static let version1 = "/sys/fs/cgroup/memory"
    private static let isVersion1 = access("\(version1)/memory.limit_in_bytes", F_OK) == 0
    private static var parent: String { isVersion1 ? version1 : "/sys/fs/cgroup" }

    private let path: String
    /// Where the limit is written.
    let limitFile: String

    static var isPossible: Bool { (try? ControlGroup(memory: 1 << 30)) != nil }

    init(memory: Int) throws {
        path = "\(Self.parent)/spoa-mirror-\(UUID().uuidString)"
        limitFile = "\(path)/\(Self.isVersion1 ? "memory.limit_in_bytes" : "memory.max")"
        guard mkdir(path, 0o755) == 0 else { throw HarnessError("mkdir \(path): errno \(errno)") }
        guard let file = FileHandle(forWritingAtPath: limitFile) else {
            throw HarnessError("open \(limitFile): errno \(errno)")
        }
        try file.write(contentsOf: Data("\(memory)".utf8))
    }

    deinit {
        // Its processes have been waited for, but the kernel may still be at it.
        for _ in 0..<100 where rmdir(path) != 0 && errno == EBUSY { usleep(20_000) }
    }

    /// What a program is started with to be in it.
    var launcher: [String] { ["/bin/sh", "-c", "echo $$ > \(path)/cgroup.procs && exec \"$@\"", "sh"] }
}
