package import Glibc

/// Addresses of sockets, as text.
package enum SocketAddress {
    /// The address that a socket is bound to: `127.0.0.1:12345`, `[::1]:12345` or `unix@/path`; nil on error.
    package static func local(of descriptor: Int32) -> String? {
        unsafe address(by: getsockname, of: descriptor) { unsafe path($0, $1) ?? numeric($0, $1) }
    }

    /// The peer of a connected socket: `127.0.0.1:12345`, or `unix:pid=N` for a UNIX socket; nil on error.
    package static func peer(of descriptor: Int32) -> String? {
        // The kernel names the other process for UNIX sockets only.
        let pid = PeerCredentials(of: descriptor).pid
        return pid == 0 ? unsafe address(by: getpeername, of: descriptor, as: numeric) : "unix:pid=\(pid)"
    }

    /// `127.0.0.1:12345`, an IPv6 address in brackets.
    package static func text(host: String, port: some CustomStringConvertible) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// The address and port in numbers; nil for what is no IP address.
    package static func numbers(
        of address: UnsafePointer<sockaddr>, _ length: socklen_t
    ) -> (host: String, port: String)? {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let code = unsafe getnameinfo(
            address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
            NI_NUMERICHOST | NI_NUMERICSERV)
        return code == 0 ? (String(field: host), String(field: port)) : nil
    }

    private static func numeric(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String? {
        unsafe numbers(of: address, length).map { text(host: $0.host, port: $0.port) }
    }

    /// Nil for what is no address of a UNIX socket.
    private static func path(_ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String? {
        guard unsafe address.pointee.sa_family == sa_family_t(AF_UNIX) else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: address, count: Int(length))
        let name = unsafe bytes.dropFirst(MemoryLayout<sa_family_t>.size)
        let text = unsafe String(decoding: name.drop { $0 == 0 }.prefix { $0 != 0 }, as: UTF8.self)
        return unsafe "unix@\(name.first == 0 ? "@" : "")\(text)"
    }

    private static func address(
        by call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32,
        of descriptor: Int32, as text: (UnsafePointer<sockaddr>, socklen_t) -> String?
    ) -> String? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { storage in
            unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe call(descriptor, address, &length) == 0 ? text(address, length) : nil
            }
        }
    }
}
