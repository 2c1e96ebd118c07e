package import Glibc

/// Who the agent is once it serves.
package struct Identity: Hashable, Sendable, CustomStringConvertible {
    package let uid: uid_t
    package let gid: gid_t
    /// Whether `--user` says so: who names root wants it.
    package let isUserNamed: Bool

    package init(uid: uid_t, gid: gid_t, isUserNamed: Bool) {
        (self.uid, self.gid, self.isUserNamed) = (uid, gid, isUserNamed)
    }

    package var description: String { "user \(uid), group \(gid)" }
}
