internal import Glibc

/// How many files and sockets the process may have open.
package enum DescriptorLimit {
    /// Raises the limit as far as the process may, and returns it. Shells and service managers start programs with 1024,
    /// for the sake of select(2).
    package static func raise() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Throws when fewer than `count` more files can be opened by this process. `purpose` says what takes them.
    package static func require(_ count: Int, for purpose: String) throws(TooFewResources) {
        let limit = raise()
        var free = 0
        var number: Int32 = 0
        while free < count, Int(number) < limit {
            if fcntl(number, F_GETFD) == -1, errno == EBADF { free += 1 }
            number += 1
        }
        guard free < count else { return }
        throw TooFewResources(
            "\(purpose) needs \(count) more open files, and \(free) of \(limit) are left (RLIMIT_NOFILE, ulimit -n)"
        )
    }
}
