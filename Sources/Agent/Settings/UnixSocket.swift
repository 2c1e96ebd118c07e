internal import Glibc
internal import System

/// A UNIX socket to listen on, and who may connect to it: `PATH[,mode=OCTAL][,group=NAME]`.
struct UnixSocket: Hashable, Sendable {
    /// Absolute.
    let path: String
    /// The permissions of its file; nil leaves those that the umask gives.
    var mode: mode_t?
    /// Who owns it beside the agent's user; nil leaves the agent's group.
    var group: gid_t?

    /// Permissions that make a group worth naming: connecting takes the right to write.
    static let groupMode: mode_t = 0o660

    init(path: String, mode: mode_t? = nil, group: gid_t? = nil) {
        (self.path, self.mode, self.group) = (path, mode, group)
    }

    /// Takes the parts behind the path. Throws `failure` for what they cannot be.
    init(path: String, _ parts: some Sequence<Substring>, failure: InvalidValue) throws(InvalidValue) {
        guard path.hasPrefix("/"), path.utf8.count <= UnixAddress.longest, !path.utf8.contains(0) else {
            throw failure
        }
        self.path = path
        for part in parts {
            let (name, value) = (part.prefix { $0 != "=" }, part.drop { $0 != "=" }.dropFirst())
            switch name {
            case "mode":
                guard value.utf8.allSatisfy({ 0x30...0x37 ~= $0 }), let mode = mode_t(value, radix: 8),
                    mode <= 0o777
                else { throw failure }
                self.mode = mode
            case "group":
                guard !value.isEmpty, let entry = unsafe getgrnam(String(value)) else {
                    throw InvalidValue(
                        failure.value, accepted: "the name of a group of this machine behind group=")
                }
                group = unsafe entry.pointee.gr_gid
            default: throw failure
            }
        }
        if group != nil, mode == nil { mode = Self.groupMode }
    }
}
