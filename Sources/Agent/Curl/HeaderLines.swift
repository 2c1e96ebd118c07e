internal import CLibcurl
internal import Glibc

/// The list of header lines that libcurl reads, in memory that is used again for each request of a transfer
/// (CURLOPT_HTTPHEADER(3): the list is not copied).
@safe struct HeaderLines: ~Copyable {
    private var nodes: UnsafeMutablePointer<curl_slist>
    /// Lines that there is room for.
    private(set) var capacity = usualCapacity

    private static let usualCapacity = 64
    /// Fields that libcurl would add on its own, as C strings that live for ever.
    nonisolated(unsafe) private static let ownFields: [UnsafeMutablePointer<CChar>?] = unsafe [
        strdup("Host:"), strdup("Accept:"), strdup("Content-Type:"), strdup("Expect:"),
    ]

    init() { unsafe nodes = .allocate(capacity: capacity) }

    deinit { unsafe nodes.deallocate() }

    /// Links the fields that libcurl would add on its own, each switched off, and then `count` lines at `fields` of `text`, each ended
    /// by CR LF, which is overwritten. The list is valid until the next call.
    ///
    /// A line that ends with its colon tells libcurl not to add that field. "Host:" comes first for another reason:
    /// libcurl puts a custom Host in front of all other fields, unless the first Host it finds is empty. Then the client's
    /// own is sent like any field, in its place.
    mutating func link(
        _ text: UnsafeMutablePointer<CChar>, _ fields: Range<Int>, count: Int
    ) -> UnsafeMutablePointer<curl_slist> {
        let own = unsafe Self.ownFields
        let total = unsafe own.count + count
        if total > capacity { resize(total) }
        for index in unsafe own.indices {
            unsafe (nodes + index).initialize(to: curl_slist(data: own[index], next: nodes + index + 1))
        }
        var line = unsafe text + fields.lowerBound
        for index in unsafe own.count..<total {
            unsafe (nodes + index).initialize(to: curl_slist(data: line, next: nodes + index + 1))
            unsafe line = Self.endLine(line, in: text + fields.upperBound - line)
        }
        unsafe nodes[total - 1].next = nil
        return unsafe nodes
    }

    /// Spells one of the lines as libcurl wants it: ended by a NUL, and with a semicolon for the colon where there is no value.
    /// Returns the next line.
    private static func endLine(
        _ line: UnsafeMutablePointer<CChar>, in count: Int
    ) -> UnsafeMutablePointer<CChar> {
        guard let found = unsafe memchr(line, CInt(UInt8(ascii: "\r")), count) else {
            preconditionFailure("a line without an end")
        }
        let end = unsafe found.assumingMemoryBound(to: CChar.self)
        unsafe end.pointee = 0
        let colon = CChar(UInt8(ascii: ":"))
        if unsafe end[-1] == colon, unsafe memchr(line, CInt(colon), end - line) == end - 1 {
            unsafe end[-1] = CChar(UInt8(ascii: ";"))
        }
        return unsafe end + 2
    }

    /// Gives back what an unusual request took. The list is not valid any more.
    mutating func trim() {
        if capacity > 4 * Self.usualCapacity { resize(Self.usualCapacity) }
    }

    private mutating func resize(_ wanted: Int) {
        unsafe nodes.deallocate()
        capacity = wanted
        unsafe nodes = .allocate(capacity: capacity)
    }
}
