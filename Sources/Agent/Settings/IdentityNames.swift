internal import Glibc
internal import System

extension Identity {
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
        self.init(uid: user?.uid ?? 0, gid: gid, isUserNamed: user != nil)
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
