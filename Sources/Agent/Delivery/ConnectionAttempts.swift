internal import CLibcurl
internal import Glibc

/// One worker's connections that are being made, for libcurls that lose sight of them.
///
/// When an attempt at one address of a name fails, or has had its share of the time, a libcurl before 8.4 tries the next address
/// when it is called again, and asks for no call (curl issue 11920): behind an event loop, all of connect-timeout would pass with
/// nothing tried. One before 8.2 also closes the sockets of such attempts without telling (curl pull request 11439).
final class ConnectionAttempts {
    /// Whether the libcurl in use needs any of this.
    static let areNeeded = unsafe (shim_version()?.pointee.version_num ?? 0) < 0x080400

    private struct Attempt {
        let transfer: Transfer
        /// Connections that the transfer had opened before: once there are more, another attempt has won.
        let connections: Int
        /// Tells the socket from a later one with its number.
        let inode: ino_t

        /// Nil for a descriptor that is closed.
        static func inode(of socket: curl_socket_t) -> ino_t? {
            var status = stat()
            return unsafe fstat(socket, &status) == 0 ? status.st_ino : nil
        }
    }

    private var attempts: [curl_socket_t: Attempt] = [:]
    /// Transfers of which an attempt has failed, and the connections they had opened.
    private var failed: [(transfer: Transfer, connections: Int)] = []
    /// Called with the number of a new socket that libcurl may take for an older one: it says nothing of it then.
    private let numberReturned: (curl_socket_t) -> Void

    init(numberReturned: @escaping (curl_socket_t) -> Void) { self.numberReturned = numberReturned }

    /// `socket` was opened for an attempt of `transfer`; a negative one could not be.
    func began(_ socket: curl_socket_t, of transfer: Transfer) {
        let connections = transfer.connectionsOpened
        guard let inode = Attempt.inode(of: socket) else {
            return failed.append((transfer, connections))
        }
        attempts[socket] = Attempt(transfer: transfer, connections: connections, inode: inode)
    }

    /// The number was given to a new socket: whatever had it is closed.
    func numberIsNew(_ socket: curl_socket_t) {
        guard attempts[socket] != nil else { return }
        ended(socket)
        MirrorSocket.forget(socket)
        numberReturned(socket)
    }

    /// libcurl waits for what `socket` has to say: it is connected.
    func connected(_ socket: curl_socket_t) {
        if !attempts.isEmpty { attempts[socket] = nil }
    }

    /// libcurl waits for `socket` no longer: if it is gone without a word, that is made up for.
    func released(_ socket: curl_socket_t) {
        guard !attempts.isEmpty, let attempt = attempts[socket], Attempt.inode(of: socket) != attempt.inode
        else { return }
        ended(socket)
        MirrorSocket.forget(socket)
    }

    /// `socket` is about to be closed, or was.
    func ended(_ socket: curl_socket_t) {
        guard let attempt = attempts.removeValue(forKey: socket) else { return }
        failed.append((attempt.transfer, attempt.connections))
    }

    /// Has libcurl go on with the transfers of which an attempt has failed.
    func goOn() {
        guard !failed.isEmpty else { return }
        let transfers = failed
        failed = []
        for (transfer, connections) in transfers where transfer.connectionsOpened == connections {
            transfer.runSoon()
        }
    }
}
