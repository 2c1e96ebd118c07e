import Glibc

/// TCP on 127.0.0.1, as far as the benchmark needs it. All descriptors close on exec.
enum Sockets {
    private static let stream = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

    /// A connection whose reads and writes give up after some seconds.
    static func connect(port: UInt16, timeout seconds: Int = 5) throws -> Int32 {
        let descriptor = try open(AF_INET)
        try connect(descriptor, "connect to port \(port)", timeout: seconds) {
            withLoopback(port) { Glibc.connect(descriptor, $0, $1) }
        }
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
        return descriptor
    }

    /// The same to a UNIX socket.
    static func connect(path: String, timeout seconds: Int = 5) throws -> Int32 {
        let descriptor = try open(AF_UNIX)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            precondition(path.utf8.count < room.count, "the path of a socket is too long: \(path)")
            room.copyBytes(from: path.utf8)
        }
        try connect(descriptor, "connect to \(path)", timeout: seconds) {
            withUnsafeBytes(of: address) { bytes in
                guard let base = bytes.baseAddress else { return -1 }
                return Glibc.connect(
                    descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
        }
        return descriptor
    }

    /// Takes a port without listening: whoever connects to it is refused.
    static func bind(port: UInt16 = 0) throws -> Int32 {
        let descriptor = try open(AF_INET)
        guard withLoopback(port, { Glibc.bind(descriptor, $0, $1) }) == 0 else {
            defer { close(descriptor) }
            throw Failure.system("take port \(port)")
        }
        return descriptor
    }

    /// A listening, non-blocking socket on a port that the kernel chooses.
    static func listen() throws -> Int32 {
        let descriptor = try bind()
        guard Glibc.listen(descriptor, 4096) == 0 else { throw Failure.system("listen") }
        makeNonBlocking(descriptor)
        return descriptor
    }

    static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            getsockname(descriptor, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : 0
    }

    /// A port for a program that cannot choose its own. Below the range from which the kernel takes the near ends of
    /// connections, so that it is still free when the program starts.
    static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000..<32_000)
            if let descriptor = try? bind(port: port) {
                close(descriptor)
                return port
            }
        }
        throw Failure("no free port between 20000 and 32000")
    }

    static func isListening(_ port: UInt16) -> Bool {
        guard let descriptor = try? connect(port: port) else { return false }
        close(descriptor)
        return true
    }

    static func makeNonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    static func set<Value>(_ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Value) {
        withUnsafeBytes(of: value) { bytes in
            _ = setsockopt(descriptor, level, name, bytes.baseAddress, socklen_t(bytes.count))
        }
    }

    static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure.system("write to a socket") }
            rest = rest.dropFirst(count)
        }
    }

    /// Everything up to the end, which the timeout of the connection brings at the latest.
    static func readToEnd(_ descriptor: Int32) throws -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Failure.system("read from a socket") }
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += buffer[..<count]
        }
    }

    /// The answer to a GET: head and body.
    static func get(_ path: String, port: UInt16) throws -> String {
        let descriptor = try connect(port: port)
        defer { close(descriptor) }
        try writeAll(
            descriptor, Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
        return try readToEnd(descriptor)
    }

    private static func open(_ family: Int32) throws -> Int32 {
        let descriptor = socket(family, stream, 0)
        guard descriptor >= 0 else { throw Failure.system("open a socket") }
        return descriptor
    }

    private static func connect(
        _ descriptor: Int32, _ action: String, timeout seconds: Int, _ call: () -> Int32
    ) throws {
        let limit = timeval(tv_sec: seconds, tv_usec: 0)
        set(descriptor, SOL_SOCKET, SO_RCVTIMEO, limit)
        set(descriptor, SOL_SOCKET, SO_SNDTIMEO, limit)
        guard call() == 0 else {
            defer { close(descriptor) }
            throw Failure.system(action)
        }
    }

    private static func withLoopback(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafeBytes(of: address) { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }
}
