internal import CLinux
internal import Glibc

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

    /// Gives up root for good. To be called before the first thread starts.
    consuming func drop() throws(SystemError) {
        guard let identity else { return }
        guard seteuid(0) == 0, linux_become(identity.uid, identity.gid) == 0 else {
            throw SystemError("become \(identity) for good")
        }
    }

    private static func isForbidden(_ error: any Error) -> Bool {
        let code = (error as? SystemError)?.code ?? (error as? PIDFileError)?.code
        return code == EACCES || code == EPERM
    }
}

/// Who the agent is once it serves.
struct Identity: Hashable, Sendable, CustomStringConvertible {
    let uid: uid_t
    let gid: gid_t
    /// Whether `--user` says so: who names root wants it.
    let isUserNamed: Bool

    var description: String { "user \(uid), group \(gid)" }

    /// What `--user` and `--group` mean for this process: nil when they are not there, or it is that already.
    init?(user: User?, group: Group?) throws {
        guard user != nil || group != nil else { return nil }
        guard geteuid() == 0 else {
            guard user.map({ $0.uid == geteuid() }) ?? true, group.map({ $0.gid == getegid() }) ?? true else {
                let name = user?.name ?? group?.name ?? ""
                throw SystemError("become \(name.debugDescription)", code: EPERM)
            }
            return nil
        }
        guard let gid = group?.gid ?? (user == nil ? getegid() : user?.gid) else {
            throw UsageError("--user: a number that is no user of this machine needs --group beside it")
        }
        (uid, self.gid, isUserNamed) = (user?.uid ?? 0, gid, user != nil)
    }

    /// `--user`: a name, or a number.
    struct User: Hashable, Sendable {
        let name: String
        let uid: uid_t
        /// Its group; nil when the machine does not know the number.
        let gid: gid_t?

        init(_ text: String) throws(InvalidValue) {
            name = text
            if let number = Identity.number(text) {
                uid = number
                let entry = unsafe getpwuid(number)
                gid = unsafe entry.map { unsafe $0.pointee.pw_gid }
            } else {
                guard let entry = unsafe getpwnam(text) else {
                    throw InvalidValue(text, accepted: "the name of a user of this machine, or a number")
                }
                unsafe (uid, gid) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
            }
        }
    }

    /// `--group`: a name, or a number.
    struct Group: Hashable, Sendable {
        let name: String
        let gid: gid_t

        init(_ text: String) throws(InvalidValue) {
            name = text
            if let number = Identity.number(text) {
                gid = number
            } else {
                guard let entry = unsafe getgrnam(text) else {
                    throw InvalidValue(text, accepted: "the name of a group of this machine, or a number")
                }
                gid = unsafe entry.pointee.gr_gid
            }
        }
    }

    /// 4294967295 stands for no id at all (chown(2)).
    private static func number(_ text: String) -> UInt32? {
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt32(text), number != .max else {
            return nil
        }
        return number
    }
}
