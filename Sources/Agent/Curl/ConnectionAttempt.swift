internal import CLibcurl
internal import Glibc

/// A try to connect to one address of the mirror's name, for libcurls that lose sight of it.
///
/// When an attempt at one address of a name fails, or has had its share of the time, a libcurl before 8.4 tries the next address
/// when it is called again, and asks for no call (curl issue 11920): behind an event loop, all of connect-timeout would pass with
/// nothing tried. One before 8.2 also closes the sockets of such attempts without telling (curl pull request 11439).
struct ConnectionAttempt {
    /// Whether the libcurl in use needs any of this.
    static let areLost = unsafe (shim_version()?.pointee.version_num ?? 0) < 0x080400

    private weak var handle: ConnectingHandle?
    /// Connections that the handle had opened before: once there are more, another attempt has won.
    private let connections: Int
    /// Tells the socket from a later one with its number; nil when there is no socket.
    private let inode: ino_t?

    init(_ socket: curl_socket_t, by handle: ConnectingHandle) {
        self.handle = handle
        connections = handle.connectionsOpened
        inode = Self.inode(of: socket)
    }

    /// Whether the attempt's socket, which had this number, is gone.
    func isClosed(_ socket: curl_socket_t) -> Bool { Self.inode(of: socket) != inode }

    /// Has libcurl go on with the next address, unless it is connected by now.
    func goOn() {
        if let handle, handle.connectionsOpened == connections { handle.runSoon() }
    }

    /// Nil for a descriptor that is closed.
    private static func inode(of socket: curl_socket_t) -> ino_t? {
        var status = stat()
        return unsafe fstat(socket, &status) == 0 ? status.st_ino : nil
    }
}
