internal import AdminSocket
internal import Glibc

/// `--admin-socket PATH[,level=LEVEL][,mode=OCTAL][,group=NAME]`, taken apart.
struct AdminSocketOption: Hashable, Sendable {
    /// Absolute.
    var path: String
    var level = Level.admin
    var mode: mode_t = 0o660
    /// Who owns the socket beside the daemon's user; nil leaves the daemon's group.
    var group: gid_t?

    static let accepted =
        "PATH[,level=user|operator|admin][,mode=OCTAL][,group=NAME] with a path of at most 107 bytes"

    init(_ text: String) throws {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let failure = InvalidValue(text, accepted: Self.accepted)
        path = try OptionParsers.path(parts[0])
        guard path.utf8.count <= 107 else { throw failure }
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard pair.count == 2 else { throw failure }
            switch pair[0] {
            case "level":
                guard let level = Level(rawValue: pair[1]) else { throw failure }
                self.level = level
            case "mode":
                guard let mode = mode_t(pair[1], radix: 8), mode <= 0o777 else { throw failure }
                self.mode = mode
            case "group":
                guard let entry = unsafe getgrnam(pair[1]) else {
                    throw InvalidValue(text, accepted: "the name of a group of this machine behind group=")
                }
                group = unsafe entry.pointee.gr_gid
            default: throw failure
            }
        }
    }
}
