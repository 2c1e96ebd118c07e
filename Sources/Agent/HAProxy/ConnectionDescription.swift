internal import SPOP
internal import Stats

extension SPOPConnection {
    /// What `show connections` tells of this one; the worker's number is not known here.
    var description: ConnectionsReport.Entry {
        ConnectionsReport.Entry(
            peer: PeerName.of(descriptor.rawValue), worker: 0,
            engineId: PrintableText.of(session.peer?.engineID.utf8 ?? "".utf8),
            capabilities: (session.peer?.capabilities ?? []).map(\.rawValue).sorted(),
            maxFrameSize: session.peer == nil ? 0 : session.splitter.maxFrameSize,
            bufferSize: session.peer == nil ? 0 : bufferSize, frames: frames,
            ageSec: ((MonotonicClock.now - acceptedAt) * 10).rounded() / 10,
            state: phase != .talking ? "closing" : session.state == .open ? "open" : "hello")
    }
}

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
