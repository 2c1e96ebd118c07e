internal import CLibcurl
internal import Glibc

/// The list of header lines that libcurl reads, in memory that is used again for each request of a transfer
/// (CURLOPT_HTTPHEADER(3): the list is not copied).
@safe struct HeaderLines: ~Copyable {
    private var nodes: UnsafeMutablePointer<curl_slist>
    /// Lines that there is room for.
    private(set) var capacity = usualCapacity

    private static let usualCapacity = 64

    init() { unsafe nodes = .allocate(capacity: capacity) }

    deinit { unsafe nodes.deallocate() }

    /// Links the fields that libcurl would add by itself, each switched off, and then `count` lines that stand behind
    /// each other in memory, each ended by a NUL. The list is valid until the next call.
    ///
    /// A line that ends with its colon tells libcurl not to add that field. "Host:" comes first for another reason:
    /// libcurl puts a custom Host in front of all other fields, unless the first Host it finds is empty. Then the client's
    /// own is sent like any field, in its place.
    mutating func link(_ first: UnsafeMutablePointer<CChar>, count: Int) -> UnsafeMutablePointer<curl_slist> {
        let own = unsafe OwnFields.names
        let total = unsafe own.count + count
        if total > capacity { resize(total) }
        var line = unsafe first
        for index in 0..<total {
            let next = unsafe index + 1 < total ? nodes + index + 1 : nil
            if unsafe index < own.count {
                unsafe (nodes + index).initialize(to: curl_slist(data: own[index], next: next))
            } else {
                unsafe (nodes + index).initialize(to: curl_slist(data: line, next: next))
                unsafe line += strlen(line) + 1
            }
        }
        return unsafe nodes
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

/// Fields that libcurl would add by itself, as C strings that live for ever.
private enum OwnFields {
    nonisolated(unsafe) static let names: [UnsafeMutablePointer<CChar>?] = {
        let texts = ["Host:", "Accept:", "Content-Type:", "Expect:"]
        return unsafe texts.map { unsafe strdup($0) }
    }()
}
