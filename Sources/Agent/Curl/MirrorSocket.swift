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

    /// CURLOPT_OPENSOCKETFUNCTION(3) and CURLOPT_CLOSESOCKETFUNCTION(3): the first is called with the `CurlTransfer`, the second
    /// with the `SocketTable`, which lives as long as connections do.
    static func setFunctions(of handle: UnsafeMutableRawPointer, allowsLinkLocal: Bool) {
        if allowsLinkLocal {
            unsafe shim_easy_set_open_socket_function(
                handle, { unsafe MirrorSocket.open($2, for: $0, allowsLinkLocal: true) })
        } else {
            unsafe shim_easy_set_open_socket_function(
                handle, { unsafe MirrorSocket.open($2, for: $0, allowsLinkLocal: false) })
        }
        unsafe shim_easy_set_close_socket_function(handle, { unsafe MirrorSocket.close($1, of: $0) })
    }

    private static func open(
        _ address: UnsafeMutablePointer<curl_sockaddr>?, for transfer: UnsafeMutableRawPointer?,
        allowsLinkLocal: Bool
    ) -> curl_socket_t {
        guard let address = unsafe address, let transfer = unsafe transfer else { return CURL_SOCKET_BAD }
        let owner = unsafe Unmanaged<CurlTransfer>.fromOpaque(transfer).takeUnretainedValue()
        var refusal: SocketRefusal?
        let socket = unsafe owner.mayConnect() ? open(address, allowsLinkLocal, &refusal) : CURL_SOCKET_BAD
        owner.noteSocket(isOpen: socket >= 0, refusal)
        owner.sockets.opened(socket, for: owner)
        linux_guard_add(socket)
        return socket
    }

    /// Of link-local destinations it is told after the name is resolved, so that no name leads there.
    private static func isLinkLocal(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        // The address may be longer than its field: it is reached from the start of the structure.
        let start = unsafe UnsafeRawPointer(address) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        return unsafe LinkLocal.contains(
            start.assumingMemoryBound(to: sockaddr.self), length: address.pointee.addrlen)
    }

    private static func open(
        _ address: UnsafeMutablePointer<curl_sockaddr>, _ allowsLinkLocal: Bool,
        _ refusal: inout SocketRefusal?
    ) -> curl_socket_t {
        guard unsafe allowsLinkLocal || !isLinkLocal(address) else {
            refusal = .linkLocal
            return CURL_SOCKET_BAD
        }
        guard count.add(1, ordering: .relaxed).newValue <= most else {
            count.subtract(1, ordering: .relaxed)
            refusal = .mostAreOpen
            return CURL_SOCKET_BAD
        }
        let socket = unsafe linux_socket(
            address.pointee.family, address.pointee.socktype, address.pointee.protocol)
        guard socket >= 0 else {
            refusal = .system(errno)
            count.subtract(1, ordering: .relaxed)
            return CURL_SOCKET_BAD
        }
        return socket
    }

    private static func close(_ socket: curl_socket_t, of table: UnsafeMutableRawPointer?) -> Int32 {
        if let table = unsafe table {
            unsafe Unmanaged<SocketTable>.fromOpaque(table).takeUnretainedValue().closes(socket)
        }
        forget(socket)
        return Glibc.close(socket)
    }

    /// Counts `socket`, which is closed or about to be, no longer.
    static func forget(_ socket: curl_socket_t) {
        linux_guard_remove(socket)
        count.subtract(1, ordering: .relaxed)
    }
}
