internal import CLinux
internal import Glibc

/// Dumps of the process's memory, which has bodies, cookies and credentials of requests in it.
package enum CoreDumps {
    /// Lets none be made, by the kernel or by a debugger of the same user. To be called again when the process has become somebody
    /// else: the kernel then decides again.
    package static func allow(_ isAllowed: Bool) {
        _ = linux_set_dumpable(isAllowed ? 1 : 0)
        guard !isAllowed else { return }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
