internal import CLinux
package import Glibc

/// The process at the other end of a UNIX socket, when it connected (unix(7), SO_PEERCRED).
package struct PeerCredentials {
    package let uid: uid_t
    package let pid: pid_t

    /// Of a connected socket; the highest uid and pid 0 when the kernel does not tell.
    package init(of descriptor: Int32) {
        var (uid, pid) = (uid_t.max, pid_t(0))
        _ = unsafe linux_peer_credentials(descriptor, &uid, &pid)
        (self.uid, self.pid) = (uid, pid)
    }
}
