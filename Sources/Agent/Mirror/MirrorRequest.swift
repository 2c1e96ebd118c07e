/// One copy, ready to send, in the object's own allocation: the bytes of an HTTP/1.1 request, and where its parts stand in them.
///
/// Made by `RequestRenderer`, then owned by the delivery queue or a transfer; freed with its last reference. A transport that speaks
/// otherwise has room behind each part: the blanks of the request line, and the end of each line.
final class MirrorRequest: ManagedBuffer<MirrorRequest.Layout, UInt8> {
    /// Where the parts stand: they follow each other as on the wire.
    struct Layout {
        /// Where it goes.
        let url: MirrorURL
        /// What the ACK called it.
        let id: Int64
        /// On the monotonic clock, in seconds.
        let receivedAt: Double
        /// HAProxy's number of the stream that it is a copy of.
        let streamID: UInt64
        /// All parts together, at most.
        let size: Int
        /// Where each part ends, in bytes from the start; all header lines are one part.
        var methodEnd = 0
        var targetEnd = 0
        var fieldsEnd = 0
        var bodyEnd = 0
        /// Header lines.
        var fieldCount = 0
        /// Where HAProxy's unique id begins, up to the end of its line; 0 when it is none of the fields.
        var uniqueIDStart: UInt32 = 0
        var answerHasNoBody = false
        /// The mirror may take it for CONNECT: behind the headers of the answer there may be a tunnel.
        var mayOpenTunnel = false
        /// The mirror may take all that follows on its connection for this client's.
        var authenticates = false
        /// In the totals, the request comes to what this copy comes to.
        var leads = true

        /// What stands behind the target, and behind each line.
        static var version: StaticString { " HTTP/1.1" }
        static var lineEnd: StaticString { "\r\n" }

        var method: Range<Int> { 0..<methodEnd }
        var target: Range<Int> { methodEnd + 1..<targetEnd }
        /// All header lines, each with its end, without the empty line behind them.
        var fields: Range<Int> {
            targetEnd + Self.version.utf8CodeUnitCount + Self.lineEnd.utf8CodeUnitCount..<fieldsEnd
        }
        var body: Range<Int> { fieldsEnd + Self.lineEnd.utf8CodeUnitCount..<bodyEnd }
    }

    /// An empty request of `size` bytes, to be filled front to back with `RequestWriter`.
    static func make(size: Int, to url: MirrorURL, arrival: Arrival) -> MirrorRequest {
        let buffer = MirrorRequest.create(minimumCapacity: size) { _ in
            Layout(
                url: url, id: arrival.id, receivedAt: arrival.receivedAt, streamID: arrival.streamID,
                size: size, leads: arrival.leads)
        }
        return unsafe unsafeDowncast(buffer, to: MirrorRequest.self)
    }

    /// The method, for a log.
    var method: [UInt8] { bytes(header.method) }

    /// The target with its query, for a log.
    var target: [UInt8] { bytes(header.target) }

    /// HAProxy's unique id, for a log, cut to `limit` bytes; empty when the request came without one, or the client sent its own.
    func uniqueID(limit: Int) -> [UInt8] {
        let start = Int(header.uniqueIDStart)
        guard start > 0 else { return [] }
        return Array(bytes(start..<min(start + limit, header.fieldsEnd)).prefix { $0 != UInt8(ascii: "\r") })
    }

    private func bytes(_ range: Range<Int>) -> [UInt8] {
        unsafe withUnsafeMutablePointerToElements { bytes in
            unsafe Array(UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count))
        }
    }

    /// Bytes this copy holds in memory, now or when it is sent: what the queue's byte budget counts.
    var memorySize: Int { Self.leastMemory(size: header.size) + header.fieldCount * Self.bytesPerLine }

    /// What one of `size` bytes with no header line holds.
    static func leastMemory(size: Int) -> Int { size + overhead }

    /// What a transport may need for each line: a pointer to it, and one to the next.
    private static let bytesPerLine = 2 * MemoryLayout<Int>.size

    /// The object itself: Swift's header, the layout, and malloc's own, rounded up.
    private static let overhead = 128
}
