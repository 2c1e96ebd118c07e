internal import Glibc

/// What the kernel tells of this process, for the metrics that every Prometheus client has (proc_pid_stat(5)).
package struct ProcessFigures: Sendable {
    private let cpuSeconds: Double
    private let residentBytes: Int
    private let virtualBytes: Int
    private let openDescriptors: Int
    private let maxDescriptors: Int
    /// Seconds since 1970.
    private let startTime: Double

    /// Reads /proc/self; what it does not tell is 0.
    package init() {
        // Behind the command's name, which may hold blanks and parentheses, the fields begin with the third.
        let text = KernelFile.contents(of: "/proc/self/stat")
        let fields = text.suffix(from: text.lastIndex(of: ")") ?? text.startIndex).split(separator: " ")
            .dropFirst()
        func field(_ number: Int) -> Int {
            let index = fields.startIndex + number - 3
            return fields.indices.contains(index) ? Int(fields[index]) ?? 0 : 0
        }
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        cpuSeconds = Double(field(14) + field(15)) / ticks
        virtualBytes = field(23)
        residentBytes = field(24) * max(1, sysconf(Int32(_SC_PAGESIZE)))
        startTime = Self.now(CLOCK_REALTIME) - Self.now(CLOCK_BOOTTIME) + Double(field(22)) / ticks
        openDescriptors = Self.countEntries("/proc/self/fd")
        var limit = rlimit()
        let code = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        maxDescriptors = code == 0 ? Int(clamping: limit.rlim_cur) : 0
    }

    func add(to output: inout PrometheusText) {
        output.family("process_cpu_seconds_total", .counter, "User and system CPU time spent.", cpuSeconds)
        output.family("process_resident_memory_bytes", .gauge, "Resident memory.", residentBytes)
        output.family("process_virtual_memory_bytes", .gauge, "Virtual memory.", virtualBytes)
        output.family("process_open_fds", .gauge, "Open file descriptors.", openDescriptors)
        output.family("process_max_fds", .gauge, "File descriptors that may be open.", maxDescriptors)
        output.family("process_start_time_seconds", .gauge, "When the process started.", startTime)
    }

    private static func now(_ clock: Int32) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func countEntries(_ path: String) -> Int {
        guard let directory = unsafe opendir(path) else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // Without ".", ".." and the directory's own descriptor.
        return max(0, count - 3)
    }
}
