internal import CLinux
internal import Glibc
internal import System

/// What the system's resolver knows of a name.
enum HostAddresses {
    /// Asks getaddrinfo(3) for what libcurl would: addresses for streams, those of IPv6 only where this machine has it. It may take
    /// minutes.
    static func lookUp(_ name: String) -> NameAnswer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = hasIPv6 ? AF_UNSPEC : AF_INET
        unsafe hints.ai_socktype = linux_stream_type()
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        let systemCode = errno
        guard code == 0 else {
            let text = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            return failure(name, code == EAI_SYSTEM ? SystemError.text(of: systemCode) : text)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            unsafe next = unsafe entry.pointee.ai_next
            guard
                let numbers = unsafe SocketAddress.numbers(
                    of: entry.pointee.ai_addr, entry.pointee.ai_addrlen)
            else { continue }
            addresses.append(numbers.host)
        }
        return addresses.isEmpty ? failure(name, "no address") : .addresses(addresses)
    }

    private static func failure(_ name: String, _ reason: String) -> NameAnswer {
        .failure("Could not resolve host: \(name) (\(reason))")
    }

    private static var hasIPv6: Bool { Descriptor(owning: linux_datagram_socket(AF_INET6)).rawValue >= 0 }
}
