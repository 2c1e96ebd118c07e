internal import Glibc
internal import SPOP

/// An IPv4 or IPv6 address as text, without an allocation.
struct ClientAddress {
    /// Bytes of text at most: INET6_ADDRSTRLEN with its NUL.
    static let longest = 46
    private(set) var storage = InlineArray<46, UInt8>(repeating: 0)
    private(set) var count = 0

    /// The 4 or 16 bytes at `range`, in the spelling of inet_ntop(3).
    init(_ range: Range<Int>, in payload: RawSpan) {
        guard range.count == 4 else {
            spellIPv6(payload.extracting(range))
            return
        }
        // By hand, at a tenth of what inet_ntop takes for the same text.
        for index in range {
            if index > range.lowerBound { append(UInt8(ascii: ".")) }
            let number = payload.byte(index)
            if number >= 100 { append(UInt8(ascii: "0") + number / 100) }
            if number >= 10 { append(UInt8(ascii: "0") + number / 10 % 10) }
            append(UInt8(ascii: "0") + number % 10)
        }
    }

    private mutating func append(_ byte: UInt8) {
        storage[count] = byte
        count += 1
    }

    private mutating func spellIPv6(_ address: RawSpan) {
        var text = storage
        unsafe address.withUnsafeBytes { bytes in
            var span = text.mutableSpan
            unsafe span.withUnsafeMutableBytes { field in
                _ = unsafe inet_ntop(
                    AF_INET6, bytes.baseAddress, field.baseAddress?.assumingMemoryBound(to: CChar.self),
                    socklen_t(field.count))
            }
        }
        storage = text
        while count < Self.longest, storage[count] != 0 { count += 1 }
    }
}
