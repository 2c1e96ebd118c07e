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
        let text = Self.contents(of: "/proc/self/stat")
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
        let bootTime = Self.contents(of: "/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
        startTime = (bootTime.flatMap { Double($0.dropFirst(6)) } ?? 0) + Double(field(22)) / ticks
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

    private static func contents(of path: String) -> String {
        guard let file = unsafe fopen(path, "re") else { return "" }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
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
