internal import Glibc

/// A bound that the kernel keeps the process to. Past it allocations fail or the process is killed, and HAProxy waits for
/// ACKs that nobody sends: what copies may hold has to fit in.
package struct MemoryLimit: Equatable {
    /// As an operator knows it.
    package let name: String
    /// Bytes that may be had in all.
    package let bytes: Int
    /// Bytes that are left for the process.
    package let room: Int

    /// A quarter of what is left, in whole KiB: two are for frames that have begun (`HeldMemory`), and the last for what
    /// libcurl needs beside the copies, for connections, and for what malloc cannot use.
    package var forCopies: Int { max(1 << 10, room / 4 & ~1023) }

    /// The one with the least room left; nil when nothing bounds the process.
    package static func narrowest() -> MemoryLimit? {
        let usage = pagesInUse()
        let page = max(1, sysconf(Int32(_SC_PAGESIZE)))
        var limits: [MemoryLimit] = []
        func add(_ name: String, _ bytes: Int?, used: Int?) {
            guard let bytes else { return }
            // When nobody says how much is used, as much as is left.
            let room = used.map { max(0, bytes - $0 * page) } ?? bytes / 2
            limits.append(MemoryLimit(name: name, bytes: bytes, room: room))
        }
        add("RLIMIT_AS", resourceLimit(RLIMIT_AS), used: usage?.mapped)
        add("RLIMIT_DATA", resourceLimit(RLIMIT_DATA), used: usage?.data)
        let groups = KernelFile.contents(of: "/proc/self/cgroup")
        // Without a file that names our groups, we know one that we are in: the one on top.
        for file in groupFiles(groups.isEmpty ? "0::/\n1:memory:/" : groups) {
            guard let bytes = groupLimit(KernelFile.contents(of: file)) else { continue }
            // Others may be in the group, or in one beside ours.
            let used = max((usage?.resident ?? 0) * page, groupUsage(beside: file))
            limits.append(MemoryLimit(name: file, bytes: bytes, room: max(0, bytes - used)))
        }
        return limits.min { $0.room < $1.room }
    }

    /// Bytes that a worker takes beside its stack, and that the main thread takes beside what it has when options are parsed.
    private static let perThread = 4 << 20

    /// Throws when there is no room for the threads and what they start with: an allocation that fails ends the process without a
    /// word. A mapping that is made for a moment asks the kernel, whatever it is that bounds the process.
    package static func require(forWorkers workers: Int) throws(TooFewResources) {
        var attributes = pthread_attr_t()
        var stack = 0
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_getstacksize(&attributes, &stack)
        unsafe pthread_attr_destroy(&attributes)
        let bytes = (stack + perThread) * workers + perThread
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let mapping = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard unsafe mapping != MAP_FAILED else {
            throw TooFewResources(
                "-n \(workers) needs \(bytes >> 20) MiB of memory to start, which is not available: \(SystemError.text(of: errno)) (RLIMIT_AS, RLIMIT_DATA)"
            )
        }
        unsafe munmap(mapping, bytes)
    }

    /// Whether the kernel tells which control groups the process is in.
    package static var seesGroups: Bool { unsafe access("/proc/self/cgroup", R_OK) == 0 }

    /// Pages of all mappings, those that are resident, and those of data and stack (proc_pid_statm(5)).
    private static func pagesInUse() -> (mapped: Int, resident: Int, data: Int)? {
        let pages = KernelFile.contents(of: "/proc/self/statm").split(separator: " ").map { Int($0) ?? 0 }
        return pages.count > 5 ? (pages[0], pages[1], pages[5]) : nil
    }

    /// The files that bound the memory of the control groups that `text`, of /proc/self/cgroup, names, and of those above them
    /// (cgroups(7); memory.max and memory.high of version 2, memory.limit_in_bytes of version 1).
    package static func groupFiles(_ text: String) -> [String] {
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
    package static func groupLimit(_ text: String) -> Int? {
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
