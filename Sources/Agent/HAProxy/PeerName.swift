internal import Glibc
internal import System

/// Who is at the other end of a connection from HAProxy.
enum PeerName {
    /// `ADDRESS:PORT`, or `unix:pid=N` of a UNIX socket.
    static func of(_ descriptor: Int32) -> String {
        // The kernel names the other process for UNIX sockets only.
        let pid = PeerCredentials(of: descriptor).pid
        guard pid == 0 else { return "unix:pid=\(pid)" }
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getpeername(descriptor, address, &length) == 0 else { return "?" }
                return unsafe text(of: address, length)
            }
        }
    }

    private static func text(of address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String {
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let code = unsafe getnameinfo(
            address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
            NI_NUMERICHOST | NI_NUMERICSERV)
        guard code == 0 else { return "?" }
        func string(_ field: [CChar]) -> String {
            String(decoding: field.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let name = string(host)
        return "\(name.contains(":") ? "[\(name)]" : name):\(string(port))"
    }
}
