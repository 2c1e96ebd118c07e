import Glibc

/// Where and when the numbers come from.
struct Machine {
    let date: String
    let processor: String
    let cores: Int
    let memoryMiB: Int
    let kernel: String
    let system: String
    /// Of one minute, before the first run: what else the machine was doing.
    let loadAverage: String
    let versions: [String: String]

    init(_ workshop: Workshop) {
        date = Self.now
        processor = Self.field("model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown"
        cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        memoryMiB = (sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))) >> 20
        kernel = Self.line("/proc/sys/kernel/osrelease")
        system = Self.field("PRETTY_NAME", in: "/etc/os-release", separator: "=") ?? "unknown"
        loadAverage = Self.line("/proc/loadavg").split(separator: " ").first.map(String.init) ?? ""
        versions = [
            "agent": workshop.output(of: [workshop.agent, "--version"]).split(separator: "\n")
                .joined(separator: "; "),
            "haproxy": HAProxy.version(in: workshop),
            "nginx": Self.lastPart(workshop.output(of: ["nginx", "-v"]), after: "/"),
            "wrk": workshop.output(of: ["wrk", "-v"]).split(separator: " ").dropFirst().first.map(String.init)
                ?? "",
        ]
    }

    /// As in 2026-01-31T12:00:00Z.
    private static var now: String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { text in
            text.initialize(repeating: 0)
            guard let start = text.baseAddress else { return "" }
            strftime(start, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
            return String(cString: start)
        }
    }

    private static func line(_ path: String) -> String {
        (readFile(path) ?? "").split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func field(_ name: String, in path: String, separator: Character) -> String? {
        let line = (readFile(path) ?? "").split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: separator, maxSplits: 1).last.map {
            $0.filter { $0 != "\"" }.split(separator: " ").joined(separator: " ")
        }
    }

    private static func lastPart(_ text: String, after separator: Character) -> String {
        text.split(separator: separator).last?.split(separator: "\n").first.map(String.init) ?? ""
    }
}
