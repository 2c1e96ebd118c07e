internal import Glibc

/// Tells the addresses that are valid on one network link only (RFC 3927; RFC 4291, section 2.5.6), where clouds have their
/// metadata services.
enum LinkLocal {
    /// True for 169.254.0.0/16, also inside of IPv6 addresses (mapped, compatible, NAT64 of RFC 6052, 6to4 of RFC 3056), for
    /// fe80::/10, and for fd00:ec2::254, which is Amazon's metadata service in IPv6.
    static func contains(_ address: UnsafePointer<sockaddr>, length: socklen_t) -> Bool {
        let bytes = unsafe UnsafeRawBufferPointer(start: address, count: Int(length))
        guard bytes.count >= MemoryLayout<sa_family_t>.size else { return false }
        switch unsafe Int32(bytes.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
            // sin_addr stands behind family and port.
            return unsafe bytes[4] == 169 && bytes[5] == 254
        case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
            // sin6_addr stands behind family, port and flow information.
            return unsafe contains(Array(bytes[8..<24]))
        default: return false
        }
    }

    /// Of an IPv6 address.
    private static func contains(_ host: [UInt8]) -> Bool {
        // Where the bytes of an IPv4 address stand behind these.
        let carriers: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], [UInt8](repeating: 0, count: 12),
            [0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], [0x20, 0x02],
        ]
        if carriers.contains(where: { host.starts(with: $0 + [169, 254]) }) { return true }
        let amazon: [UInt8] = [0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54]
        return host == amazon || (host[0] == 0xFE && host[1] & 0xC0 == 0x80)
    }
}
