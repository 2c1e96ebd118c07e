internal import CLibcurl
internal import CLinux
internal import Glibc
internal import Synchronization

/// The sockets that libcurl opens, from the first byte to the last: which may be, how many, and which of them a call that
/// lasts too long may be reading.
enum MirrorSocket {
    /// Over all workers.
    private static let count = Atomic<Int>(0)

    /// Half of the files that the process may have open: the other half is for HAProxy's connections and for the rest.
    private static let most = max(1, DescriptorLimit.raise() / 2)

    /// CURLOPT_OPENSOCKETFUNCTION(3) and CURLOPT_CLOSESOCKETFUNCTION(3), for transfers in a `CurlMulti`.
    static func setFunctions(of handle: UnsafeMutableRawPointer, allowsLinkLocal: Bool) {
        if allowsLinkLocal {
            unsafe shim_easy_set_open_socket_function(handle, { unsafe MirrorSocket.open($0, $2) })
        } else {
            unsafe shim_easy_set_open_socket_function(
                handle, { unsafe MirrorSocket.openUnlessLinkLocal($0, $2) })
        }
        unsafe shim_easy_set_close_socket_function(
            handle,
            {
                unsafe CurlMulti.closes($1, by: $0)
                return MirrorSocket.close($1)
            })
    }

    /// Refuses link-local destinations, after the name is resolved, so that no name leads there.
    private static func openUnlessLinkLocal(
        _ transfer: UnsafeMutableRawPointer?, _ address: UnsafeMutablePointer<curl_sockaddr>?
    ) -> curl_socket_t {
        guard let address = unsafe address else { return CURL_SOCKET_BAD }
        // The address may be longer than its field: it is reached from the start of the structure.
        let start = unsafe UnsafeRawPointer(address) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        let isRefused = unsafe LinkLocal.contains(
            start.assumingMemoryBound(to: sockaddr.self), length: address.pointee.addrlen)
        return unsafe isRefused ? CURL_SOCKET_BAD : open(transfer, address)
    }

    /// `transfer` is the handle's CURLOPT_OPENSOCKETDATA(3).
    private static func open(
        _ transfer: UnsafeMutableRawPointer?, _ address: UnsafeMutablePointer<curl_sockaddr>?
    ) -> curl_socket_t {
        guard let this = unsafe transfer else { return CURL_SOCKET_BAD }
        let transfer = unsafe Unmanaged<Transfer>.fromOpaque(this).takeUnretainedValue()
        guard transfer.mayConnect() else { return CURL_SOCKET_BAD }
        guard let address = unsafe address, count.add(1, ordering: .relaxed).newValue <= most else {
            count.subtract(1, ordering: .relaxed)
            return CURL_SOCKET_BAD
        }
        let socket = unsafe linux_socket(
            address.pointee.family, address.pointee.socktype, address.pointee.protocol)
        guard socket >= 0 else {
            count.subtract(1, ordering: .relaxed)
            return CURL_SOCKET_BAD
        }
        linux_guard_add(socket)
        transfer.multi?.opened(socket)
        return socket
    }

    private static func close(_ socket: curl_socket_t) -> Int32 {
        linux_guard_remove(socket)
        count.subtract(1, ordering: .relaxed)
        return Glibc.close(socket)
    }
}
