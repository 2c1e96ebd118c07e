internal import SPOP
internal import Stats

extension Counter {
    /// The counter of a frame by its type, its first byte (SPOE.txt, section 3.2.1). `FrameSplitter` lets no frame without one
    /// through.
    init(frame: RawSpan) {
        self =
            switch FrameType(rawValue: frame.byte(0)) {
            case .haproxyHello: .helloFrames
            case .haproxyDisconnect: .disconnectFrames
            case .notify: .notifyFrames
            case .unset: .continuationFrames
            default: .otherFrames
            }
    }
}
