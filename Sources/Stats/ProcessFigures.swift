internal import Glibc
internal import System

extension PrometheusText {
    /// Adds what the kernel knows of this process, for the metrics that every Prometheus client has (proc_pid_stat(5));
    /// what /proc does not tell is left out.
    mutating func addProcess() {
        // Behind the command's name, which may hold blanks and parentheses, the fields begin with the third.
        let text = KernelFile.contents(of: "/proc/self/stat")
        let fields = text.suffix(from: text.lastIndex(of: ")") ?? text.startIndex).split(separator: " ")
            .dropFirst().map { Int($0) ?? 0 }
        func field(_ number: Int) -> Int? { fields.count >= 22 ? fields[number - 3] : nil }
        family(
            "process_cpu_seconds_total", .counter, "User and system CPU time spent.",
            KernelClock.processor.seconds)
        if let pages = field(24) {
            family(
                "process_resident_memory_bytes", .gauge, "Resident memory.",
                pages * max(1, sysconf(Int32(_SC_PAGESIZE))))
        }
        if let bytes = field(23) { family("process_virtual_memory_bytes", .gauge, "Virtual memory.", bytes) }
        if let count = Self.countEntries("/proc/self/fd") {
            family("process_open_fds", .gauge, "Open file descriptors.", count)
        }
        var limit = rlimit()
        let code = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        family(
            "process_max_fds", .gauge, "File descriptors that may be open.",
            code == 0 ? Int(clamping: limit.rlim_cur) : 0)
        if let ticks = field(22) {
            let age = Double(ticks) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
            family(
                "process_start_time_seconds", .gauge, "When the process started.",
                KernelClock.real.seconds - KernelClock.boot.seconds + age)
        }
    }

    private static func countEntries(_ path: String) -> Int? {
        guard let directory = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the directory's own descriptor.
        return max(0, count - 3)
    }
}
