internal import CLinux
internal import Glibc
internal import System

/// Opens the sockets of an address.
enum ListeningSocket {
    /// One listening, non-blocking socket per address that the name resolves to (one for a literal address).
    static func open(_ address: ListenAddress, backlog: Int32) throws -> [Int32] {
        switch address {
        case .passed(let descriptors, _): descriptors
        case .unix(let socket): [try openUnix(socket, backlog: backlog)]
        case .host(let host, let port): try openInternet(host, port, name: "\(address)", backlog: backlog)
        }
    }

    /// Throws unless the host's addresses are of this machine, and nobody listens there. Nothing is left open.
    static func tryOut(_ host: String, _ port: UInt16) throws {
        let name = SocketAddress.text(host: host, port: port)
        try openInternet(host, port, name: name, backlog: nil).forEach { _ = close($0) }
    }

    /// Without `backlog` they do not listen.
    private static func openInternet(
        _ host: String, _ port: UInt16, name: String, backlog: Int32?
    ) throws -> [Int32] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = linux_stream_type()
        unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host == "*" ? nil : host, "\(port)", &hints, &list)
        guard code == 0 else {
            let reason = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "unknown error"
            throw ListenError(address: name, reason: reason)
        }
        defer { unsafe freeaddrinfo(list) }
        var sockets: [Int32] = []
        var lastError: (any Error)?
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = unsafe entry.pointee.ai_next
            do {
                sockets.append(try unsafe openOne(entry.pointee, name: name, backlog: backlog))
            } catch {
                lastError = error
            }
        }
        // A name such as localhost may resolve to an address family that the machine has switched off: one socket
        // is enough, unless the address is taken, which the operator has to know.
        if let error = lastError, sockets.isEmpty || (error as? SystemError)?.code == EADDRINUSE {
            sockets.forEach { _ = close($0) }
            throw error
        }
        guard !sockets.isEmpty else { throw ListenError(address: name, reason: "the name has no address") }
        return sockets
    }

    private static func openOne(_ entry: addrinfo, name: String, backlog: Int32?) throws -> Int32 {
        let number = unsafe linux_stream_socket(entry.ai_family)
        guard number >= 0 else { throw SystemError("open a socket for \(name)") }
        let descriptor = Descriptor(owning: number)
        SocketOption.set(SO_REUSEADDR, number, to: 1)
        if unsafe entry.ai_family == AF_INET6 {
            SocketOption.set(IPV6_V6ONLY, of: Int32(IPPROTO_IPV6), number, to: 1)
        }
        guard unsafe bind(number, entry.ai_addr, entry.ai_addrlen) == 0,
            backlog.map({ listen(number, $0) }) ?? 0 == 0
        else {
            throw SystemError("listen on \(name)")
        }
        return descriptor.release()
    }

    /// A listening UNIX socket; a file that a dead process left behind is replaced.
    private static func openUnix(_ socket: UnixSocket, backlog: Int32) throws -> Int32 {
        let path = socket.path
        let number = linux_stream_socket(AF_UNIX)
        guard number >= 0 else { throw SystemError("open a socket for \(path)") }
        let descriptor = Descriptor(owning: number)
        try removeStaleSocket(path)
        try bindUnix(number, socket)
        do throws(SystemError) {
            // Nobody can connect before it listens.
            if let group = socket.group, unsafe lchown(path, uid_t.max, group) != 0 {
                throw SystemError("give \(path) to its group")
            }
            guard listen(number, backlog) == 0 else { throw SystemError("listen on unix@\(path)") }
        } catch {
            _ = unsafe unlink(path)
            throw error
        }
        return descriptor.release()
    }

    /// The file begins with its mode, that of the socket less the umask. Changed later by its name, another file could stand there.
    /// No thread is started yet that could make files meanwhile.
    private static func bindUnix(_ number: Int32, _ socket: UnixSocket) throws(SystemError) {
        let usual = umask(0)
        defer { umask(usual) }
        guard fchmod(number, socket.mode ?? (0o777 & ~usual)) == 0,
            unsafe UnixAddress.with(socket.path, { unsafe bind(number, $0, $1) }) == 0
        else { throw SystemError("listen on unix@\(socket.path)") }
    }

    /// A socket file that a dead process left behind is removed; one that somebody answers on, or a file that is no
    /// socket, is left alone.
    private static func removeStaleSocket(_ path: String) throws {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenError(address: "unix@\(path)", reason: "the path exists and is not a socket")
        }
        var code = EADDRINUSE
        do throws(SystemError) { _ = try UnixAddress.connect(to: path) } catch { code = error.code }
        guard code == ECONNREFUSED else { throw SystemError("listen on unix@\(path)", code: code) }
        guard unsafe unlink(path) == 0 else { throw SystemError("replace the socket \(path)") }
    }
}

/// A listen address that cannot be used.
struct ListenError: Error, CustomStringConvertible {
    let address: String
    let reason: String
    var description: String { "cannot listen on \(address): \(reason)" }
}
