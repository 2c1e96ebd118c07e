/// Cuts a byte stream into frames by their 4-byte length prefix (SPOE.txt, section 3.2).
///
/// It keeps nothing between calls: the caller holds the bytes of an unfinished frame.
package struct FrameSplitter: Sendable {
    /// Bytes of the length prefix.
    package static let prefixLength = 4
    /// Type, flags and two ids of one byte each: no frame is shorter.
    package static let shortestFrame = 7

    /// The longest frame taken, in bytes, without the prefix. Lowered once the handshake has settled it.
    package var maxFrameSize: Int

    /// A splitter for frames up to `maxFrameSize` bytes.
    package init(maxFrameSize: Int) { self.maxFrameSize = maxFrameSize }

    /// The length of the frame that starts at `offset`, without the prefix; nil while the prefix is incomplete.
    ///
    /// Throws before any byte of the frame itself is looked at or waited for; the error's offset counts from the frame's
    /// start, wherever that stands in `bytes`.
    package func frameLength(in bytes: RawSpan, at offset: Int) throws(DecodeError) -> Int? {
        guard bytes.byteCount - offset >= Self.prefixLength else { return nil }
        let length = Int(bytes.uint32(offset))
        guard length <= maxFrameSize else {
            throw DecodeError(.violation("frame over max-frame-size"), at: 0, status: .frameTooBig)
        }
        guard length >= Self.shortestFrame else { throw DecodeError(.truncated, at: 0) }
        return length
    }
}
