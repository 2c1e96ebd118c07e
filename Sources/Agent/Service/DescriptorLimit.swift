internal import Glibc

/// How many files and sockets the process may have open.
enum DescriptorLimit {
    /// Raises the limit as far as the process may, and returns it. Shells and service managers start programs with 1024,
    /// for the sake of select(2).
    static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// What the agent may need with these settings: connections from HAProxy and to the mirror, and some of its own.
    static func wanted(_ settings: Settings, workers: Int) -> Int {
        let mirror = settings.maxInFlight * (workers + 1)
        // Connections to the mirror get half (`MirrorSocket`).
        return max(2 * mirror, settings.maxConnections + mirror + 64 + 8 * workers)
    }
}
