internal import CLinux
internal import Glibc
internal import System

/// The source of outgoing connections (`-I`), settled once at the start.
enum SourceAddress: Equatable, Sendable {
    /// An interface of this machine.
    case interface(String)
    /// An IP address as text.
    case address(String)

    /// Reads the name of an interface, an address, or a host name, which is looked up: once, since that may take long.
    init(resolving text: String) throws {
        if unsafe if_nametoindex(text) != 0 {
            self = .interface(text)
            return
        }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = linux_stream_type()
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(text, nil, &hints, &list)
        guard code == 0, let entry = unsafe list else {
            throw UsageError(
                "The value '\(text)' is invalid for '--mirror-interface': expected an interface of this machine, an IP address, or a host name that resolves"
            )
        }
        defer { unsafe freeaddrinfo(list) }
        guard let numbers = unsafe SocketAddress.numbers(of: entry.pointee.ai_addr, entry.pointee.ai_addrlen)
        else { throw SystemError("spell the address of \(text)") }
        self = .address(numbers.host)
    }

    /// The address, where it is none of this machine's: later, it may still come to be one.
    var elsewhere: String? {
        guard case .address(let address) = self else { return nil }
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(address, nil, &hints, &list) == 0,
            let entry = unsafe list
        else { return address }
        defer { unsafe freeaddrinfo(list) }
        let socket = Descriptor(owning: linux_datagram_socket(unsafe entry.pointee.ai_family))
        let isHere = unsafe bind(socket.rawValue, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0
        return isHere ? nil : address
    }
}
