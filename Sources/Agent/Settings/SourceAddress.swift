internal import CLinux
internal import Glibc
internal import System

/// The source of outgoing connections (`-I`), settled once at the start.
///
/// libcurl takes an interface, an address or a host name, and looks the name up with a call that blocks the whole loop
/// (CURLOPT_INTERFACE(3)). It is told which of them it is, and gets no name.
enum SourceAddress {
    /// `if!NAME` for an interface of this machine, `host!ADDRESS` for an address, or for that of a host name.
    static func resolve(_ text: String) throws -> String {
        if unsafe if_nametoindex(text) != 0 { return "if!\(text)" }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = linux_stream_type()
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(text, nil, &hints, &list)
        guard code == 0, let entry = unsafe list else {
            throw UsageError(
                "The value '\(text)' is invalid for '--mirror-interface': accepted is an interface of this machine, an IP address, or a host name that resolves"
            )
        }
        defer { unsafe freeaddrinfo(list) }
        guard let numbers = unsafe SocketAddress.numbers(of: entry.pointee.ai_addr, entry.pointee.ai_addrlen)
        else { throw SystemError("spell the address of \(text)") }
        return "host!\(numbers.host)"
    }

    /// Whether connections can start at what `resolve` has returned: later, an address may still come to this machine.
    static func isHere(_ source: String) -> Bool {
        guard source.hasPrefix("host!") else { return true }
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(String(source.dropFirst(5)), nil, &hints, &list) == 0,
            let entry = unsafe list
        else { return false }
        defer { unsafe freeaddrinfo(list) }
        let socket = Descriptor(owning: linux_datagram_socket(unsafe entry.pointee.ai_family))
        return unsafe bind(socket.rawValue, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0
    }
}
