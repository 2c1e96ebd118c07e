internal import Glibc

/// Tells the addresses that are valid on one network link only (RFC 3927; RFC 4291, section 2.5.6).
enum LinkLocal {
    /// True for 169.254.0.0/16, also when mapped into IPv6, and for fe80::/10.
    static func contains(_ address: UnsafePointer<sockaddr>, length: socklen_t) -> Bool {
        let bytes = unsafe UnsafeRawBufferPointer(start: address, count: Int(length))
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            // sin_addr stands behind family and port.
            return unsafe bytes[4] == 169 && bytes[5] == 254
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            // sin6_addr stands behind family, port and flow information.
            let host = unsafe bytes[8..<24]
            let isMapped =
                unsafe host.prefix(10).allSatisfy { $0 == 0 } && host[18] == 0xFF && host[19] == 0xFF
            if isMapped { return unsafe host[20] == 169 && host[21] == 254 }
            return unsafe host[8] == 0xFE && host[9] & 0xC0 == 0x80
        default: return false
        }
    }
}
