internal import CLibcurl
internal import CLinux
internal import Glibc
internal import Synchronization
internal import System

/// The sockets that libcurl opens, from the first byte to the last: which may be, how many, and which of them a call that
/// lasts too long may be reading.
enum MirrorSocket {
    /// Over all workers.
    private static let count = Atomic<Int>(0)

    /// Half of the files that the process may have open: the other half is for HAProxy's connections and for the rest.
    private static let most = max(1, DescriptorLimit.raise() / 2)

    /// CURLOPT_OPENSOCKETFUNCTION(3).
    static func open(
        _ address: UnsafeMutablePointer<curl_sockaddr>?, for handle: ConnectingHandle?
    ) -> curl_socket_t {
        guard let address = unsafe address, let handle else { return CURL_SOCKET_BAD }
        var socket = CURL_SOCKET_BAD
        if handle.user?.mayConnect() == true {
            do throws(SocketRefusal) {
                socket = try unsafe open(
                    address, allowsLinkLocal: handle.settings.transport.allowsLinkLocal)
                handle.hasOpenedSocket = true
            } catch { handle.socketRefusal = error }
        }
        handle.sockets.opened(socket, by: handle)
        linux_guard_add(socket)
        return socket
    }

    /// Checked after the name is resolved, so that no name leads to a link-local destination.
    private static func isLinkLocal(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        // The address may be longer than its field: it is reached from the start of the structure.
        let start = unsafe UnsafeRawPointer(address) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        return unsafe LinkLocal.contains(
            start.assumingMemoryBound(to: sockaddr.self), length: address.pointee.addrlen)
    }

    private static func open(
        _ address: UnsafeMutablePointer<curl_sockaddr>, allowsLinkLocal: Bool
    ) throws(SocketRefusal) -> curl_socket_t {
        guard unsafe allowsLinkLocal || !isLinkLocal(address) else { throw .linkLocal }
        guard count.add(1, ordering: .relaxed).newValue <= most else {
            count.subtract(1, ordering: .relaxed)
            throw .mostAreOpen
        }
        let socket = unsafe linux_socket(
            address.pointee.family, address.pointee.socktype, address.pointee.protocol)
        guard socket >= 0 else {
            count.subtract(1, ordering: .relaxed)
            throw .system(errno)
        }
        return socket
    }

    /// CURLOPT_CLOSESOCKETFUNCTION(3). `table` lives as long as connections do.
    static func close(_ socket: curl_socket_t, of table: SocketTable?) -> Int32 {
        table?.closes(socket)
        forget(socket)
        return Glibc.close(socket)
    }

    /// Counts `socket`, which is closed or about to be, no longer.
    static func forget(_ socket: curl_socket_t) {
        linux_guard_remove(socket)
        count.subtract(1, ordering: .relaxed)
    }
}

/// Why no socket was opened.
enum SocketRefusal: Error {
    /// Its address is link-local, and such ones are not connected to.
    case linkLocal
    /// As many are open as may be.
    case mostAreOpen
    /// The system has none.
    case system(Int32)

    var text: String {
        switch self {
        case .linkLocal: "a link-local address is not connected to (--allow-link-local)"
        case .mostAreOpen: "half of the files that may be open are connections to the mirror (ulimit -n)"
        case .system(let code): "no socket: \(SystemError.text(of: code))"
        }
    }
}
