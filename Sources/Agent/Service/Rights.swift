internal import CLinux
internal import Glibc
internal import System

/// What an agent may that was started as root and will be somebody else (`--user`, `--group`).
///
/// From the beginning it acts as the one it will be: what it opens that way it can also open again and remove later. Only what that
/// user may not open is opened by root. So nothing of root's is followed or changed that the user could have put in the way.
struct Rights: ~Copyable {
    /// Nil when the process stays who it is.
    private let identity: Identity?

    /// Begins to act as `identity`.
    init(_ identity: Identity?) throws(SystemError) {
        self.identity = identity
        guard let identity else { return }
        guard linux_clear_groups() == 0, setegid(identity.gid) == 0, seteuid(identity.uid) == 0 else {
            throw SystemError("become \(identity)")
        }
    }

    /// Calls `body`, and when that is not permitted, calls it again as root, with the one to whom a file that it makes is to belong.
    func open<Value: ~Copyable>(_ body: (_ owner: Identity?) throws -> Value) throws -> Value {
        do {
            return try body(nil)
        } catch {
            guard let identity, identity.uid != 0, Self.isForbidden(error), seteuid(0) == 0 else {
                throw error
            }
            defer { _ = seteuid(identity.uid) }
            return try body(identity)
        }
    }

    /// Gives up root, with no way back. Call it before the first thread starts.
    consuming func drop() throws(SystemError) {
        guard let identity else { return }
        guard seteuid(0) == 0, linux_become(identity.uid, identity.gid) == 0 else {
            throw SystemError("give up root and become \(identity)")
        }
    }

    private static func isForbidden(_ error: any Error) -> Bool {
        let code = (error as? SystemError)?.code ?? (error as? PIDFileError)?.code
        return code == EACCES || code == EPERM
    }
}
