/// One copy, ready to send: method, target, header lines and body behind each other in the object's own allocation.
///
/// Made by `RequestRenderer`, then owned by the delivery queue or a transfer; freed with its last reference.
final class MirrorRequest: ManagedBuffer<MirrorRequest.Layout, UInt8> {
    /// Where the parts stand. Offsets and lengths in bytes; all but the body end with a NUL, as libcurl wants them.
    struct Layout {
        let destination: MirrorURL
        /// What the ACK called it.
        let id: Int64
        /// On the monotonic clock, in seconds.
        let receivedAt: Double
        /// All parts together.
        let size: Int
        var targetOffset = 0
        var headersOffset = 0
        var headerCount = 0
        var bodyOffset = 0
        var bodyLength = 0
        var answerHasNoBody = false
        /// The mirror may take it for CONNECT: behind the headers of the answer there may be a tunnel.
        var mayOpenTunnel = false
        /// The mirror may take all that follows on its connection for this client's.
        var authenticates = false
    }

    /// An empty request of `size` bytes, to be filled front to back with `RequestWriter`.
    static func make(size: Int, destination: MirrorURL, arrival: Arrival) -> MirrorRequest {
        let buffer = MirrorRequest.create(minimumCapacity: size) { _ in
            Layout(destination: destination, id: arrival.id, receivedAt: arrival.receivedAt, size: size)
        }
        return unsafe unsafeDowncast(buffer, to: MirrorRequest.self)
    }

    /// The method, for a log.
    var method: [UInt8] { text(at: 0) }

    /// The target with its query, for a log.
    var target: [UInt8] { text(at: header.targetOffset) }

    private func text(at offset: Int) -> [UInt8] {
        unsafe withUnsafeMutablePointerToElements { bytes in
            var end = offset
            while end < header.size, unsafe bytes[end] != 0 { end += 1 }
            return unsafe Array(UnsafeBufferPointer(start: bytes + offset, count: end - offset))
        }
    }

    /// Bytes this copy holds in memory, now or when it is sent: what the queue's byte budget counts.
    var memorySize: Int { header.size + Self.overhead + header.headerCount * Self.bytesPerLine }

    /// What a list of lines takes for each: a pointer to it, and one to the next.
    private static let bytesPerLine = 2 * MemoryLayout<Int>.size

    /// The object itself: Swift's header, the layout, and malloc's own, rounded up.
    private static let overhead = 128
}
