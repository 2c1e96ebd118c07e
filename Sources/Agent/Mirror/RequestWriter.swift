/// Fills a `MirrorRequest` front to back, or counts what that takes. Passing the capacity is an error of ours, not of a peer.
@safe struct RequestWriter {
    private let bytes: UnsafeMutablePointer<UInt8>?
    private let capacity: Int
    /// Bytes written.
    private(set) var count = 0
    /// Header lines written.
    private(set) var fieldCount = 0
    /// Where HAProxy's unique id begins; 0 when it is not written.
    private(set) var uniqueIDStart = 0

    /// Counts only: the same calls on a writer with so many bytes succeed.
    init() {
        unsafe bytes = nil
        capacity = .max
    }

    init(_ bytes: UnsafeMutablePointer<UInt8>, capacity: Int) {
        unsafe self.bytes = bytes
        self.capacity = capacity
    }

    mutating func append(_ byte: UInt8) {
        precondition(count < capacity)
        unsafe bytes?[count] = byte
        count &+= 1
    }

    mutating func endLine() { append(MirrorRequest.Layout.lineEnd) }

    mutating func endField() {
        endLine()
        fieldCount &+= 1
    }

    mutating func append(_ source: RawSpan, _ range: Range<Int>) {
        unsafe source.extracting(range).withUnsafeBytes { unsafe append(from: $0) }
    }

    /// HAProxy's unique id, for a log to find it again.
    mutating func append(_ source: RawSpan, uniqueID range: Range<Int>) {
        uniqueIDStart = count
        append(source, range)
    }

    mutating func append(_ source: [UInt8]) { unsafe source.withUnsafeBytes { unsafe append(from: $0) } }

    /// Whole header lines, each with its end.
    mutating func append(lines: [UInt8], count: Int) {
        append(lines)
        fieldCount &+= count
    }

    mutating func append(_ text: StaticString) {
        unsafe append(from: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ address: ClientAddress) {
        unsafe append(address.storage.span.bytes, 0..<address.count)
    }

    mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    /// 16 digits.
    mutating func append(hexadecimal number: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(number >> shift & 15)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") - 10 + digit)
        }
    }

    private mutating func append(from source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress, source.count > 0 else { return }
        precondition(source.count <= capacity - count)
        if let bytes = unsafe bytes {
            unsafe UnsafeMutableRawPointer(bytes + count).copyMemory(from: start, byteCount: source.count)
        }
        count &+= source.count
    }
}
