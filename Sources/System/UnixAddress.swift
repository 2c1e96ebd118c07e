internal import CLinux
package import Glibc

/// The address of a UNIX socket (unix(7)).
package enum UnixAddress {
    /// Bytes of a path, or of an abstract name with its first: `sun_path` without a closing NUL.
    package static let longest = 107

    /// Calls `body` with the address of `path`, which is at most `longest` bytes. `@` in front makes the rest an abstract name.
    package static func with(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isAbstract = path.hasPrefix("@")
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { field in
            for (index, byte) in path.utf8.prefix(longest).enumerated() { unsafe field[index] = byte }
            if isAbstract { unsafe field[0] = 0 }
        }
        // Every byte of an abstract name counts; a path ends with its NUL.
        let length =
            isAbstract
            ? MemoryLayout<sa_family_t>.size + path.utf8.count : MemoryLayout<sockaddr_un>.size
        return unsafe withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return unsafe body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
        }
    }

    /// Connects a new non-blocking socket to `path`: a stream socket, or a datagram socket. `path` is as for `with`.
    package static func connect(
        to path: String, datagrams isForDatagrams: Bool = false
    ) throws(SystemError) -> Descriptor {
        let socket = Descriptor(
            owning: isForDatagrams ? linux_datagram_socket(AF_UNIX) : linux_stream_socket(AF_UNIX))
        guard unsafe with(path, { unsafe Glibc.connect(socket.rawValue, $0, $1) }) == 0 else {
            throw SystemError("connect to \(path)")
        }
        return socket
    }
}
