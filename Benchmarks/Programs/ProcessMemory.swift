/// Memory of a process, in KiB.
struct ProcessMemory {
    /// VmRSS, now.
    private(set) var resident = 0
    /// VmHWM, the most there ever was.
    private(set) var peak = 0

    init(of pid: Int32) {
        for line in (readFile("/proc/\(pid)/status") ?? "").split(separator: "\n") {
            let number = Int(line.filter(\.isNumber)) ?? 0
            if line.hasPrefix("VmRSS:") { resident = number }
            if line.hasPrefix("VmHWM:") { peak = number }
        }
    }
}
