internal import SPOP

/// A request whose NOTIFY is answered and that is still to be mirrored, in the same round.
struct PendingCopy {
    /// Where the bytes of its payload stand until then.
    enum Source {
        /// Where the frame was read to.
        case frame(FrameReader.Location)
        /// Put together from fragments.
        case reassembled([UInt8])
    }

    let source: Source
    let arguments: MirrorArguments
    /// The request's number, once it is selected.
    var id: Int64 = 0
}
