internal import Glibc

/// A socket to the mirror that libcurl keeps for later copies. In HTTP/1 the mirror speaks only when it is asked: what comes
/// meanwhile is for no copy.
enum KeptConnection {
    enum State {
        /// Nothing has come.
        case quiet
        /// The mirror has closed it; libcurl sees that itself.
        case ended
        /// There are bytes.
        case talks
    }

    static func state(of socket: Int32) -> State {
        var byte: UInt8 = 0
        let count = unsafe recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        guard count <= 0 else { return .talks }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .quiet : .ended
    }

    /// Takes what has come and shuts the socket down: libcurl finds a connection that has ended, and makes another. False when
    /// the mirror was closing it, and those bytes were its goodbye.
    static func end(_ socket: Int32) -> Bool {
        var count = 1
        var roundsLeft = 16
        unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            while count > 0, roundsLeft > 0 {
                unsafe count = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                roundsLeft -= 1
            }
        }
        _ = shutdown(socket, Int32(SHUT_RDWR))
        return count != 0
    }
}
