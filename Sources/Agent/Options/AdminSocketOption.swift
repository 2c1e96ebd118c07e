internal import AdminSocket
internal import System

/// `--admin-socket PATH[,level=LEVEL][,mode=OCTAL][,group=NAME]`, taken apart.
struct AdminSocketOption: Hashable, Sendable {
    /// Its mode is never that of the umask.
    let socket: UnixSocket
    var level = Level.admin

    static let accepted =
        "PATH[,level=user|operator|admin][,mode=OCTAL][,group=NAME] with a path of at most \(UnixAddress.longest) bytes"

    init(_ text: String) throws {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let failure = InvalidValue(text, accepted: Self.accepted)
        var access: [Substring] = []
        for part in parts.dropFirst() {
            guard part.hasPrefix("level=") else {
                access.append(part)
                continue
            }
            guard let level = Level(rawValue: String(part.dropFirst("level=".count))) else { throw failure }
            self.level = level
        }
        var socket = try UnixSocket(
            path: try OptionParsers.path(String(parts[0])), access, failure: failure)
        socket.mode = socket.mode ?? UnixSocket.groupMode
        self.socket = socket
    }
}
