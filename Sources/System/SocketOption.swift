internal import Glibc

/// Options of sockets that are whole numbers (socket(7), tcp(7)).
package enum SocketOption {
    /// Sets one; a socket that does not have it stays as it is.
    package static func set(_ name: Int32, of level: Int32 = SOL_SOCKET, _ descriptor: Int32, to value: Int32)
    {
        var value = value
        _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Of the socket itself; nil when it has none, or `descriptor` is no socket.
    package static func value(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 else { return nil }
        return value
    }
}
