internal import SPOP

/// A message whose NOTIFY is answered and that is still to be mirrored, in the same turn of the loop.
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

extension [PendingCopy] {
    /// Asks the gate about the copies from `first` on and keeps those that are selected. Returns what the ACK says: the number of
    /// the first that is, or why the first of them all is not.
    mutating func select(from first: Int, _ payload: RawSpan, _ pipeline: Pipeline) -> Action {
        var action = Action.nothing
        var kept = first
        for index in first..<count {
            switch pipeline.decide(self[index].arguments, payload: payload) {
            case .selected(let id):
                if kept == first { action = .setID(id) }
                self[index].id = id
                if kept != index { swapAt(kept, index) }
                kept += 1
            case .skipped(let reason):
                if index == first { action = .setSkip(reason.name) }
            }
        }
        if kept < count { removeSubrange(kept...) }
        return action
    }
}
