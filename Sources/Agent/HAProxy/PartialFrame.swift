internal import Glibc

/// The bytes of a frame that has not arrived whole, kept between two reads.
@safe struct PartialFrame: ~Copyable {
    private var bytes: UnsafeMutableRawPointer?
    /// Bytes of memory taken.
    private(set) var capacity = 0
    /// Bytes held.
    private(set) var count = 0

    private static let firstCapacity = 4096

    init() {}

    deinit { unsafe free(bytes) }

    /// Lends out what is held.
    func withSpan<Result, Failure: Error>(_ body: (RawSpan) throws(Failure) -> Result) throws(Failure)
        -> Result
    {
        try body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: bytes, count: count)))
    }

    /// Adds bytes behind those held.
    mutating func append(_ more: UnsafeRawBufferPointer) {
        guard let source = more.baseAddress, more.count > 0 else { return }
        reserve(more.count)
        guard let bytes = unsafe bytes else { return }
        unsafe (bytes + count).copyMemory(from: source, byteCount: more.count)
        count += more.count
    }

    /// Room for up to `wanted` more bytes, to be read into directly and then `commit`ted.
    mutating func room(upTo wanted: Int) -> UnsafeMutableRawBufferPointer {
        if capacity == count { reserve(min(wanted, max(count, Self.firstCapacity))) }
        return unsafe UnsafeMutableRawBufferPointer(
            start: bytes.map { unsafe $0 + count }, count: min(wanted, capacity - count))
    }

    /// Counts bytes that were put into `room`.
    mutating func commit(_ added: Int) { count += added }

    /// Lets everything go. A connection between two frames holds no buffer.
    mutating func clear() {
        unsafe free(bytes)
        unsafe bytes = nil
        (capacity, count) = (0, 0)
    }

    private mutating func reserve(_ more: Int) {
        guard count + more > capacity else { return }
        capacity = count + more
        unsafe bytes = realloc(bytes, capacity)
        precondition(unsafe bytes != nil, "out of memory")
    }
}
