internal import Glibc
internal import Stats

/// A bound that the kernel keeps the process to. Past it allocations fail or the process is killed, and HAProxy waits for
/// ACKs that nobody sends: what copies may hold has to fit in.
struct MemoryLimit: Equatable {
    /// As an operator knows it.
    let name: String
    /// Bytes that may be had in all.
    let bytes: Int
    /// Bytes that are left for the process.
    let room: Int

    /// A quarter of what is left, in whole KiB: two are for frames that have begun (`HeldMemory`), and the last for what
    /// libcurl needs beside the copies, for connections, and for what malloc cannot use.
    var forCopies: Int { max(1 << 10, room / 4 & ~1023) }

    /// The one with the least room left; nil when nothing bounds the process.
    static func narrowest() -> MemoryLimit? {
        // Pages: all mappings, resident, ..., data and stack (proc_pid_statm(5)).
        let pages = KernelFile.contents(of: "/proc/self/statm").split(separator: " ").map { Int($0) ?? 0 }
        guard pages.count > 5 else { return nil }
        let page = max(1, sysconf(Int32(_SC_PAGESIZE)))
        var limits: [MemoryLimit] = []
        func add(_ name: String, _ bytes: Int?, used: Int) {
            guard let bytes else { return }
            limits.append(MemoryLimit(name: name, bytes: bytes, room: max(0, bytes - used * page)))
        }
        add("RLIMIT_AS", resourceLimit(RLIMIT_AS), used: pages[0])
        add("RLIMIT_DATA", resourceLimit(RLIMIT_DATA), used: pages[5])
        for file in groupFiles(KernelFile.contents(of: "/proc/self/cgroup")) {
            guard let bytes = groupLimit(KernelFile.contents(of: file)) else { continue }
            // Others may be in the group, or in one beside ours.
            let used = max(pages[1] * page, groupUsage(beside: file))
            limits.append(MemoryLimit(name: file, bytes: bytes, room: max(0, bytes - used)))
        }
        return limits.min { $0.room < $1.room }
    }

    /// The files that bound the memory of the control groups that `text`, of /proc/self/cgroup, names, and of those above them
    /// (cgroups(7); memory.max and memory.high of version 2, memory.limit_in_bytes of version 1).
    static func groupFiles(_ text: String) -> [String] {
        text.split(separator: "\n").flatMap { line -> [String] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let (mount, names): (String, [String])
            if fields[0] == "0", fields[1].isEmpty {
                (mount, names) = ("/sys/fs/cgroup", ["memory.max", "memory.high"])
            } else if fields[1].split(separator: ",").contains("memory") {
                (mount, names) = ("/sys/fs/cgroup/memory", ["memory.limit_in_bytes"])
            } else {
                return []
            }
            let steps = fields[2].split(separator: "/")
            return (0...steps.count).flatMap { depth in
                let directory = ([mount] + steps.prefix(depth).map(String.init)).joined(separator: "/")
                return names.map { "\(directory)/\($0)" }
            }
        }
    }

    /// Bytes; nil for `max`, for no file, and for version 1's number that stands for no limit.
    static func groupLimit(_ text: String) -> Int? {
        let bytes = text.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
        return bytes.flatMap { $0 < 1 << 60 ? $0 : nil }
    }

    /// Bytes that the group of a limit has taken, without those of files that the kernel can let go of.
    private static func groupUsage(beside file: String) -> Int {
        let directory = file[..<(file.lastIndex(of: "/") ?? file.startIndex)]
        let isVersion1 = file.hasSuffix("memory.limit_in_bytes")
        let usage = groupLimit(
            KernelFile.contents(of: "\(directory)/\(isVersion1 ? "memory.usage_in_bytes" : "memory.current")")
        )
        let files = KernelFile.contents(of: "\(directory)/memory.stat").split(separator: "\n").lazy
            .map { $0.split(separator: " ") }
            .first { $0.first == (isVersion1 ? "total_inactive_file" : "inactive_file") }
        return (usage ?? 0) - (files.flatMap { $0.last }.flatMap { Int($0) } ?? 0)
    }

    private static func resourceLimit(_ resource: __rlimit_resource) -> Int? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur < 1 << 60
        else { return nil }
        return Int(limit.rlim_cur)
    }
}
