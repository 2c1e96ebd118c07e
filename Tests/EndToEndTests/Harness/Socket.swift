import Foundation

/// Where a server listens.
enum Endpoint: Sendable, Equatable {
    case tcp(String, UInt16)
    case unix(String)

    static func loopback(_ port: UInt16) -> Endpoint { .tcp("127.0.0.1", port) }
}

/// A stream socket; closed when nobody holds it any more.
final class Socket: Sendable {
    let descriptor: Int32

    private init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Connects; reads and writes fail after `patience` seconds, so that no client waits for ever.
    static func connect(to endpoint: Endpoint) throws -> Socket {
        try endpoint.withSocketAddress { family, address, length in
            let socket = try open(family)
            guard Glibc.connect(socket.descriptor, address, length) == 0 else { throw failed("connect") }
            var limit = timeval(tv_sec: Int(patience), tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
            setsockopt(socket.descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
            return socket
        }
    }

    static func listen(on endpoint: Endpoint) throws -> Socket {
        try endpoint.withSocketAddress { family, address, length in
            let socket = try open(family)
            var on: Int32 = 1
            setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
            guard bind(socket.descriptor, address, length) == 0 else { throw failed("bind") }
            guard Glibc.listen(socket.descriptor, 1024) == 0 else { throw failed("listen") }
            // `accept` waits with poll and must not block behind it, where it keeps children from being started.
            _ = fcntl(socket.descriptor, F_SETFL, O_NONBLOCK)
            return socket
        }
    }

    /// The next connection; nil once the listener is shut down.
    func accept() -> Socket? {
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, -1)
            let (connection, error) = Launcher.shared.withoutForks {
                let connection = Glibc.accept(descriptor, nil, nil)
                let error = errno
                if connection >= 0 { _ = fcntl(connection, F_SETFD, FD_CLOEXEC) }
                return (connection, error)
            }
            if connection >= 0 { return Socket(adopting: connection) }
            if ![EINTR, EAGAIN, ECONNABORTED].contains(error) { return nil }
        }
    }

    /// The port an IPv4 socket is bound to.
    var localPort: UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : 0
    }

    /// Segments with data in them that have come from the peer of a TCP connection: without loss, one for each of its small
    /// writes.
    var segmentsReceived: UInt32 {
        // tcpi_data_segs_in of Linux's struct tcp_info, which is longer than glibc's.
        let offset = 152
        var info = [UInt8](repeating: 0, count: 256)
        var length = socklen_t(info.count)
        let result = getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &length)
        guard result == 0, Int(length) >= offset + 4 else { return 0 }
        return info.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    }

    /// Some bytes; empty at the end of the stream.
    func read(atMost count: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var result: Int
        repeat { result = recv(descriptor, &bytes, count, 0) } while result < 0 && errno == EINTR
        guard result >= 0 else { throw Self.failed("recv") }
        return Array(bytes.prefix(result))
    }

    /// Everything up to the end of the stream.
    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while case let more = try read(), !more.isEmpty { bytes += more }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let result = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if result >= 0 { sent += result } else if errno != EINTR { throw Self.failed("send") }
        }
    }

    func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Says that nothing more will be written.
    func endWriting() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Ends both directions; wakes a thread that is blocked in `accept` or `read`.
    func disconnect() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// Makes the close to come a reset instead of an orderly end.
    func resetOnClose() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    }

    private static func open(_ family: Int32) throws -> Socket {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failed("socket") }
        return Socket(adopting: descriptor)
    }

    private static func failed(_ call: String) -> HarnessError {
        let error = errno
        return HarnessError("\(call): \(String(cString: strerror(error)))")
    }
}

extension Endpoint {
    fileprivate func withSocketAddress<Result>(
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws -> Result
    ) throws -> Result {
        switch self {
        case .tcp(let host, let port):
            var hints = addrinfo()
            hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var found: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else {
                throw HarnessError("\(host) is not a numeric address")
            }
            defer { freeaddrinfo(found) }
            return try body(found.pointee.ai_family, found.pointee.ai_addr, found.pointee.ai_addrlen)

        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let room = MemoryLayout.size(ofValue: address.sun_path)
            guard path.utf8.count < room else { throw HarnessError("\(path) is too long for a socket") }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            return try withUnsafePointer(to: &address) {
                try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    try body(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
    }
}
