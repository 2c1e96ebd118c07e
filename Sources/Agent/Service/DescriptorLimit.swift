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

    /// Open files that a loop takes, of whatever backend, with what other threads and signals wake it by.
    static let perLoop = 3
    /// libcurl's own way to be woken.
    private static let perMulti = 2
    /// Connections from HAProxy and to the mirror, operators, and a name that is looked up: with less there is nothing to do.
    private static let reserve = 10

    /// Open files that an agent takes before the first connection. Without them, libraries would be out of descriptors in the middle
    /// of what they cannot give up.
    static func needed(_ configuration: Configuration) -> Int {
        // A name may have an address of each family.
        let sockets = 2 * (configuration.metricsAddress == nil ? 1 : 2) + configuration.adminSockets.count
        return perLoop + (perLoop + perMulti) * configuration.workers + sockets
            + (configuration.logFile != nil || configuration.usesSyslog ? 1 : 0)
            + (configuration.pidFile == nil ? 0 : 1) + reserve
    }

    /// Throws when fewer than `count` more files can be opened by this process. `purpose` says what takes them.
    static func require(_ count: Int, for purpose: String) throws(TooFewResources) {
        let limit = raise()
        var free = 0
        var number: Int32 = 0
        while free < count, Int(number) < limit {
            if fcntl(number, F_GETFD) == -1, errno == EBADF { free += 1 }
            number += 1
        }
        guard free < count else { return }
        throw TooFewResources(
            "\(purpose) takes \(count) more open files, and \(free) are left of \(limit) (RLIMIT_NOFILE, ulimit -n)"
        )
    }
}

/// What the kernel lets the process have is not enough to start with; the text is one line for the operator.
struct TooFewResources: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
