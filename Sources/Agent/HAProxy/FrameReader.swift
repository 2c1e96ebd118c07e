internal import Glibc
internal import SPOP

/// Reads a socket and finds the frames in what came, without copying those that came whole.
///
/// A round is: `read` once, `next` until nil, `endRound`. Frames stay where they are until `endRound`: most in the worker's
/// read buffer, and one that began in an earlier round in the connection's own memory.
@safe struct FrameReader: ~Copyable {
    /// The worker's read buffer, shared by its connections.
    private let buffer: UnsafeMutableRawBufferPointer
    private var partial = PartialFrame()
    /// The partial frame is whole and given out.
    private var partialIsDone = false
    /// The part of the read buffer that holds bytes of this round not yet given out.
    private var unread = 0..<0

    /// Where a frame, or a part of it, stands during a round.
    struct Location {
        fileprivate let isPartial: Bool
        fileprivate let range: Range<Int>

        /// A part of this place.
        func extracting(_ part: Range<Int>) -> Location {
            Location(
                isPartial: isPartial,
                range: (range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound))
        }
    }

    /// What a read brought.
    enum ReadResult {
        case bytes, nothing, closed, failed
    }

    init(buffer: UnsafeMutableRawBufferPointer) { unsafe self.buffer = buffer }

    /// Bytes of memory held for a frame that has begun and not ended.
    var heldBytes: Int { partial.capacity }

    /// True while a frame has begun and not ended.
    var isInsideFrame: Bool { partial.count > 0 }

    /// One read: what a frame from an earlier round still lacks goes straight behind its beginning.
    mutating func read(from descriptor: Int32, splitter: FrameSplitter) -> ReadResult {
        let missing = missingBytes(splitter)
        let room =
            unsafe missing > 0
            ? partial.room(upTo: missing) : UnsafeMutableRawBufferPointer(start: nil, count: 0)
        let count: Int
        if unsafe room.isEmpty {
            count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        } else {
            // Only when the room takes the whole rest may bytes of the next frame follow it.
            let spill = unsafe room.count == missing ? buffer.count : 0
            let parts = unsafe (
                iovec(iov_base: room.baseAddress, iov_len: room.count),
                iovec(iov_base: buffer.baseAddress, iov_len: spill)
            )
            count = unsafe withUnsafeBytes(of: parts) {
                unsafe readv(descriptor, $0.assumingMemoryBound(to: iovec.self).baseAddress, 2)
            }
        }
        guard count > 0 else {
            return count == 0 ? .closed : errno == EAGAIN || errno == EINTR ? .nothing : .failed
        }
        let direct = min(count, room.count)
        partial.commit(direct)
        unread = 0..<(count - direct)
        return .bytes
    }

    /// The next whole frame, the length prefix left out; nil when the rest of the bytes is only a beginning.
    mutating func next(_ splitter: FrameSplitter) throws(DecodeError) -> Location? {
        if partial.count > 0, !partialIsDone {
            guard try completePartial(splitter) else { return nil }
            partialIsDone = true
            return Location(isPartial: true, range: FrameSplitter.prefixLength..<partial.count)
        }
        let span = unsafe RawSpan(
            _unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<unread.upperBound]))
        guard let length = try splitter.frameLength(in: span, at: unread.lowerBound) else { return nil }
        let start = unread.lowerBound + FrameSplitter.prefixLength
        guard length <= unread.upperBound - start else { return nil }
        unread = (start + length)..<unread.upperBound
        return Location(isPartial: false, range: start..<(start + length))
    }

    /// Lends out the bytes at `location`. Only in the round that gave it.
    borrowing func withBytes<Result, Failure: Error>(
        at location: Location, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard location.isPartial else {
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[location.range])
            return try body(unsafe RawSpan(_unsafeBytes: bytes))
        }
        return try partial.withSpan { span throws(Failure) in try body(span.extracting(location.range)) }
    }

    /// Forgets the frames of this round and keeps the beginning of the next one.
    mutating func endRound() {
        if partialIsDone { partial.clear() }
        partialIsDone = false
        unsafe partial.append(UnsafeRawBufferPointer(rebasing: buffer[unread]))
        unread = 0..<0
    }

    /// Forgets everything that was read.
    mutating func discard() {
        partial.clear()
        partialIsDone = false
        unread = 0..<0
    }

    /// What the partial frame lacks; 0 while its length is not known.
    private borrowing func missingBytes(_ splitter: FrameSplitter) -> Int {
        let length = partial.withSpan { span in try? splitter.frameLength(in: span, at: 0) }
        guard let length else { return 0 }
        return FrameSplitter.prefixLength + length - partial.count
    }

    private mutating func completePartial(_ splitter: FrameSplitter) throws(DecodeError) -> Bool {
        guard moveToPartial(FrameSplitter.prefixLength - partial.count) else { return false }
        let length = try partial.withSpan { span throws(DecodeError) in
            try splitter.frameLength(in: span, at: 0)
        }
        return moveToPartial(FrameSplitter.prefixLength + (length ?? 0) - partial.count)
    }

    /// Moves up to `wanted` bytes behind the partial frame; false when there are fewer.
    private mutating func moveToPartial(_ wanted: Int) -> Bool {
        guard wanted > 0 else { return true }
        let moved = unread.prefix(wanted)
        unsafe partial.append(UnsafeRawBufferPointer(rebasing: buffer[moved]))
        unread = moved.upperBound..<unread.upperBound
        return moved.count == wanted
    }
}
