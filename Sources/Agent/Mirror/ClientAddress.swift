internal import Glibc
internal import SPOP

/// An IPv4 or IPv6 address as text, without an allocation.
struct ClientAddress {
    /// Bytes of text at most: INET6_ADDRSTRLEN with its NUL.
    static let longest = 46
    private var storage = InlineArray<46, UInt8>(repeating: 0)
    private(set) var count = 0

    /// The 4 or 16 bytes at `range`, in the spelling of inet_ntop(3).
    init(_ range: Range<Int>, in payload: RawSpan) {
        var text = storage
        let family = range.count == 4 ? AF_INET : AF_INET6
        unsafe payload.extracting(range).withUnsafeBytes { bytes in
            var span = text.mutableSpan
            unsafe span.withUnsafeMutableBytes { field in
                _ = unsafe inet_ntop(
                    family, bytes.baseAddress, field.baseAddress?.assumingMemoryBound(to: CChar.self),
                    socklen_t(field.count))
            }
        }
        storage = text
        while count < Self.longest, storage[count] != 0 { count += 1 }
    }

    /// One byte of the text.
    subscript(index: Int) -> UInt8 { storage[index] }
}
