internal import Glibc
internal import System

/// What the kernel tells of this process, for the metrics that every Prometheus client has (proc_pid_stat(5)).
package struct ProcessFigures: Sendable {
    private let cpuSeconds: Double
    private let maxDescriptors: Int
    /// What only /proc tells; nil without it.
    private let kernelFigures: KernelFigures?
    private let openDescriptors: Int?

    private struct KernelFigures {
        let residentBytes: Int
        let virtualBytes: Int
        /// Seconds since 1970.
        let startTime: Double
    }

    /// Reads /proc/self; what it does not tell is left out.
    package init() {
        cpuSeconds = KernelClock.processor.seconds
        var limit = rlimit()
        let code = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        maxDescriptors = code == 0 ? Int(clamping: limit.rlim_cur) : 0
        openDescriptors = Self.countEntries("/proc/self/fd")
        kernelFigures = Self.readKernelFigures()
    }

    private static func readKernelFigures() -> KernelFigures? {
        // Behind the command's name, which may hold blanks and parentheses, the fields begin with the third.
        let text = KernelFile.contents(of: "/proc/self/stat")
        let fields = text.suffix(from: text.lastIndex(of: ")") ?? text.startIndex).split(separator: " ")
            .dropFirst()
        func field(_ number: Int) -> Int {
            let index = fields.startIndex + number - 3
            return fields.indices.contains(index) ? Int(fields[index]) ?? 0 : 0
        }
        guard fields.count >= 22 else { return nil }
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return KernelFigures(
            residentBytes: field(24) * max(1, sysconf(Int32(_SC_PAGESIZE))), virtualBytes: field(23),
            startTime: KernelClock.real.seconds - KernelClock.boot.seconds + Double(field(22)) / ticks)
    }

    func add(to output: inout PrometheusText) {
        output.family("process_cpu_seconds_total", .counter, "User and system CPU time spent.", cpuSeconds)
        if let kernelFigures {
            output.family(
                "process_resident_memory_bytes", .gauge, "Resident memory.", kernelFigures.residentBytes)
            output.family(
                "process_virtual_memory_bytes", .gauge, "Virtual memory.", kernelFigures.virtualBytes)
        }
        if let openDescriptors {
            output.family("process_open_fds", .gauge, "Open file descriptors.", openDescriptors)
        }
        output.family("process_max_fds", .gauge, "File descriptors that may be open.", maxDescriptors)
        if let kernelFigures {
            output.family(
                "process_start_time_seconds", .gauge, "When the process started.", kernelFigures.startTime)
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
