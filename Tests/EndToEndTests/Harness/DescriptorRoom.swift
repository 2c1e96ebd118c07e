import Glibc

/// Descriptors that this process may open.
enum DescriptorRoom {
    /// Raises the limit as far as needed; throws when the machine does not allow it.
    static func raise(to wanted: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur < wanted else { return }
        guard limit.rlim_max >= wanted else {
            throw HarnessError("this test needs \(wanted) descriptors; 'ulimit -Hn' says \(limit.rlim_max)")
        }
        limit.rlim_cur = rlim_t(wanted)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
