internal import SPOP
internal import Stats

extension Counter {
    /// The counter of a frame by its type, its first byte (SPOE.txt, section 3.2.1).
    init(frame: RawSpan) {
        guard frame.byteCount > 0 else {
            self = .otherFrames
            return
        }
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
