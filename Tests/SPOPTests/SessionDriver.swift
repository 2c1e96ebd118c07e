@testable import SPOP

/// Feeds a session a byte stream in pieces, as a connection would, and keeps all it says.
struct SessionDriver {
    /// A NOTIFY the session reported, its payload copied out.
    struct Notify: Equatable {
        let streamID: UInt64
        let frameID: UInt64
        let payload: [UInt8]
    }

    var session: Session
    private(set) var events: [Session.Event] = []
    private(set) var notifies: [Notify] = []
    private(set) var replies: [UInt8] = []
    private var buffer: [UInt8] = []
    private let acknowledges: Bool

    init(
        maxFrameSize: Int = 16380, maxPayloadSize: Int = 1 << 20,
        capabilities: Set<Capability> = Set(Capability.allCases),
        acknowledges: Bool = true
    ) {
        session = Session(
            limits: .init(
                maxFrameSize: maxFrameSize, maxPayloadSize: maxPayloadSize, capabilities: capabilities))
        self.acknowledges = acknowledges
    }

    /// Adds bytes to the stream and takes every frame that is whole.
    mutating func feed(_ bytes: some Sequence<UInt8>) {
        buffer.append(contentsOf: bytes)
        while session.state != .closing {
            do throws(DecodeError) {
                guard let length = try session.splitter.frameLength(in: buffer.span.bytes, at: 0),
                    buffer.count >= length + 4
                else { return }
                let frame = Array(buffer[4..<(4 + length)])
                buffer.removeFirst(4 + length)
                note(session.receive(frame.span.bytes, replies: &replies), frame)
            } catch {
                note(session.fail(error, replies: &replies), [])
            }
        }
    }

    private mutating func note(_ event: Session.Event, _ frame: [UInt8]) {
        events.append(event)
        switch event {
        case .notify(let streamID, let frameID, let payload):
            take(Notify(streamID: streamID, frameID: frameID, payload: Array(frame[payload])))
        case .notifyReassembled(let streamID, let frameID, let payload):
            take(Notify(streamID: streamID, frameID: frameID, payload: payload))
        default: break
        }
    }

    private mutating func take(_ notify: Notify) {
        notifies.append(notify)
        if acknowledges {
            _ = session.acknowledge(
                streamID: notify.streamID, frameID: notify.frameID, .nothing, replies: &replies)
        }
    }

    /// The replies, cut into frames: type and everything behind the length prefix.
    var replyFrames: [[UInt8]] {
        var frames: [[UInt8]] = []
        var rest = replies[...]
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            frames.append(Array(rest.dropFirst(4).prefix(length)))
            rest = rest.dropFirst(4 + length)
        }
        return frames
    }

    /// The status code of the AGENT-DISCONNECT among the replies.
    var disconnectStatus: StatusCode? {
        guard let frame = replyFrames.last, frame.first == FrameType.agentDisconnect.rawValue else {
            return nil
        }
        return try? PeerDisconnect(payload: frame.span.bytes.extracting(7..<frame.count)).status
    }
}
