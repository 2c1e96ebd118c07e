internal import Glibc

/// Options of sockets that are whole numbers (socket(7), tcp(7)).
package enum SocketOption {
    /// Sets an option; errors are ignored.
    package static func set(_ name: Int32, of level: Int32 = SOL_SOCKET, _ descriptor: Int32, to value: Int32)
    {
        var value = value
        _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The value of an option at level SOL_SOCKET; nil on error.
    package static func value(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 else { return nil }
        return value
    }
}
