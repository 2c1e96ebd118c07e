internal import Glibc
internal import System

/// The datagram socket on which a service manager hears from the services it started (sd_notify(3)).
struct NotifySocket {
    /// Milliseconds that a message which must not be lost waits for room.
    private static let patience: Int32 = 1000

    /// Absolute, or an abstract name behind `@`.
    let address: String

    /// Throws when `address` is none that a UNIX socket can have.
    init(_ address: String) throws(InvalidValue) {
        guard address.hasPrefix("/") || address.hasPrefix("@"), address.utf8.count > 1,
            address.utf8.count <= UnixAddress.longest
        else {
            throw InvalidValue(
                address,
                accepted: "an absolute path or @NAME of at most \(UnixAddress.longest) bytes")
        }
        self.address = address
    }

    /// Sends the assignments of one message, such as `READY=1`. Without `mustArrive` it never waits: a service manager
    /// that reads nothing loses the message. False when it was not sent.
    @discardableResult
    func send(_ assignments: [String], mustArrive: Bool = false) -> Bool {
        // A socket for each message, as a manager that was restarted listens on another one.
        guard let socket = try? UnixAddress.connect(to: address, datagrams: true) else { return false }
        let message = Array(assignments.joined(separator: "\n").utf8)
        if unsafe write(socket.rawValue, message, message.count) == message.count { return true }
        guard mustArrive, errno == EAGAIN else { return false }
        _ = Poll.wait(socket.rawValue, POLLOUT, milliseconds: Self.patience)
        return unsafe write(socket.rawValue, message, message.count) == message.count
    }
}
