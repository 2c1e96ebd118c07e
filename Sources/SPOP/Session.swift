/// One SPOP connection as a state machine: frames in, reply bytes and one event out. It has no socket and no clock.
///
/// The caller splits the stream with `splitter`, passes each frame to `receive`, performs the event, and writes
/// the replies. It calls `acknowledge` when it answers a NOTIFY, at once or later.
package struct Session: Sendable {
    /// Where the conversation stands.
    package enum State: Hashable, Sendable {
        /// Nothing arrived yet but HAPROXY-HELLO may.
        case awaitingHello
        /// The handshake is done.
        case open
        /// A DISCONNECT, or the answer to a health check, is in the replies: write them, then close.
        case closing
    }

    /// What the caller has to do about a frame.
    package enum Event: Hashable, Sendable {
        /// Nothing: the frame is part of a longer payload, or of a type to skip.
        case none
        /// The handshake is done.
        case opened
        /// A whole NOTIFY in one frame; its payload is this range of the frame.
        case notify(streamID: UInt64, frameID: UInt64, payload: Range<Int>)
        /// A whole NOTIFY that came in fragments.
        case notifyReassembled(streamID: UInt64, frameID: UInt64, payload: [UInt8])
        /// A whole NOTIFY whose fragments passed `Limits.maxPayloadSize`; they were let go. Acknowledge it all the same.
        case notifyTooLarge(streamID: UInt64, frameID: UInt64)
        /// Write the replies and close.
        case finished(Ending)
    }

    /// Why a session ended.
    package enum Ending: Hashable, Sendable {
        /// It was a health check, now answered.
        case healthCheck
        /// HAProxy said goodbye.
        case peerDisconnected(PeerDisconnect)
        /// HAProxy broke the protocol.
        case failed(DecodeError)
    }

    /// What the agent accepts.
    package struct Limits: Hashable, Sendable {
        /// The longest frame in bytes, 256 to 16 777 216, offered in HELLO.
        package var maxFrameSize: Int
        /// The longest payload put together from fragments, in bytes, where a frame may not be longer.
        package var maxPayloadSize: Int
        /// What HELLO announces.
        package var capabilities: Set<Capability>

        /// The limits of one agent.
        package init(maxFrameSize: Int, maxPayloadSize: Int, capabilities: Set<Capability>) {
            self.maxFrameSize = maxFrameSize
            self.maxPayloadSize = maxPayloadSize
            self.capabilities = capabilities
        }
    }

    /// Where the conversation stands.
    package private(set) var state = State.awaitingHello
    /// What HAProxy said in its HELLO; nil before.
    package private(set) var peer: HAProxyHello?
    /// Cuts the stream; its limit follows the handshake.
    package private(set) var splitter: FrameSplitter
    private let limits: Limits
    private var assembly: Assembly?

    /// A session that awaits HELLO.
    package init(limits: Limits) {
        self.limits = limits
        splitter = FrameSplitter(maxFrameSize: min(limits.maxFrameSize, Self.longestHello))
    }

    /// Bytes that a payload of fragments may have.
    private var maxPayloadSize: Int { max(limits.maxPayloadSize, splitter.maxFrameSize) }

    /// Bytes that a HELLO may have. HAProxy's has about 130.
    private static let longestHello = 4096

    /// Bytes held of a payload that is still arriving in fragments.
    package var assembledBytes: Int { assembly?.payload.count ?? 0 }

    /// True between the first fragment of a payload and its last.
    package var isAssembling: Bool { assembly != nil }

    /// Takes one frame, the length prefix left out, and appends what must be answered at once to `replies`.
    package mutating func receive(_ frame: RawSpan, replies: inout [UInt8]) -> Event {
        guard state != .closing else { return .none }
        do throws(DecodeError) {
            var cursor = ByteCursor(frame)
            let header = try cursor.readFrameHeader()
            let payload = cursor.offset..<frame.byteCount
            return state == .open
                ? try receiveOpen(header, payload, of: frame, replies: &replies)
                : try receiveHello(header, payload, of: frame, replies: &replies)
        } catch {
            return fail(error, replies: &replies)
        }
    }

    /// Appends the ACK of a NOTIFY (SPOE.txt, section 3.2.7); false, and nothing, once the session has ended.
    @inline(__always)
    package func acknowledge(
        streamID: UInt64, frameID: UInt64, _ action: Action, replies: inout [UInt8]
    ) -> Bool {
        guard state == .open else { return false }
        replies.appendAck(streamID: streamID, frameID: frameID, action)
        return true
    }

    /// Lets go of the fragments of the payload in progress, and of those to come: it ends as `notifyTooLarge`.
    package mutating func letGoOfFragments() { assembly?.letGo() }

    /// Ends the session for an error in the peer's bytes, found here or by the caller in a payload.
    package mutating func fail(_ error: DecodeError, replies: inout [UInt8]) -> Event {
        disconnect(error.status, replies: &replies)
        return .finished(.failed(error))
    }

    /// Ends the session from this side: AGENT-DISCONNECT, unless one is under way already.
    package mutating func disconnect(_ status: StatusCode, replies: inout [UInt8]) {
        guard state != .closing else { return }
        state = .closing
        assembly = nil
        replies.appendAgentDisconnect(status)
    }

    // MARK: handshake

    private mutating func receiveHello(
        _ header: FrameHeader, _ payload: Range<Int>, of frame: RawSpan, replies: inout [UInt8]
    ) throws(DecodeError) -> Event {
        guard header.type == .haproxyHello else {
            throw DecodeError(.unexpectedFrame(header.type.rawValue), at: 0)
        }
        try requireControlFrame(header)
        let hello = try HAProxyHello(payload: frame.extracting(payload))
        peer = hello
        splitter.maxFrameSize = min(limits.maxFrameSize, hello.maxFrameSize)
        replies.appendAgentHello(maxFrameSize: splitter.maxFrameSize, capabilities: limits.capabilities)
        guard !hello.isHealthCheck else {
            state = .closing
            return .finished(.healthCheck)
        }
        state = .open
        return .opened
    }

    /// HELLO and DISCONNECT belong to no stream and come in one piece (SPOE.txt, sections 3.2.4 and 3.2.8).
    private func requireControlFrame(_ header: FrameHeader) throws(DecodeError) {
        guard header.flags.contains(.fin) else {
            throw DecodeError(
                .violation("fragmented control frame"), at: 1, status: .fragmentationNotSupported)
        }
        guard header.streamID == 0, header.frameID == 0 else {
            throw DecodeError(.violation("stream-id or frame-id of a control frame is not 0"), at: 5)
        }
    }

    // MARK: open

    private mutating func receiveOpen(
        _ header: FrameHeader, _ payload: Range<Int>, of frame: RawSpan, replies: inout [UInt8]
    ) throws(DecodeError) -> Event {
        switch header.type {
        case .notify where assembly != nil:
            throw DecodeError(.violation("NOTIFY between fragments"), at: 0, status: .interlacedFrames)
        case .notify where header.flags.contains(.fin):
            return .notify(streamID: header.streamID, frameID: header.frameID, payload: payload)
        case .notify:
            guard limits.capabilities.contains(.fragmentation) else {
                throw DecodeError(.violation("fragmented NOTIFY"), at: 1, status: .fragmentationNotSupported)
            }
            var started = Assembly(streamID: header.streamID, frameID: header.frameID)
            started.append(frame, payload, limit: maxPayloadSize)
            assembly = started
            return .none
        case .unset: return try receiveContinuation(header, payload, of: frame)
        case .haproxyDisconnect:
            try requireControlFrame(header)
            let farewell = try PeerDisconnect(payload: frame.extracting(payload))
            disconnect(.normal, replies: &replies)
            return .finished(.peerDisconnected(farewell))
        case .haproxyHello, .agentHello, .agentDisconnect, .ack:
            throw DecodeError(.unexpectedFrame(header.type.rawValue), at: 0)
        default: return .none
        }
    }

    private mutating func receiveContinuation(
        _ header: FrameHeader, _ payload: Range<Int>, of frame: RawSpan
    ) throws(DecodeError) -> Event {
        // The assembly is changed in place, never bound to a name: a second reference would copy its payload.
        guard assembly != nil else {
            throw DecodeError(.violation("fragment of no payload"), at: 0, status: .frameIDNotFound)
        }
        guard assembly?.streamID == header.streamID, assembly?.frameID == header.frameID else {
            throw DecodeError(.violation("fragment of another payload"), at: 5, status: .interlacedFrames)
        }
        if header.flags.contains(.abort) {
            assembly = nil
            return .none
        }
        let limit = maxPayloadSize
        assembly?.append(frame, payload, limit: limit)
        guard header.flags.contains(.fin), let whole = assembly.take() else { return .none }
        return whole.isTooLarge
            ? .notifyTooLarge(streamID: whole.streamID, frameID: whole.frameID)
            : .notifyReassembled(streamID: whole.streamID, frameID: whole.frameID, payload: whole.payload)
    }
}

/// A NOTIFY payload on its way in, fragment by fragment.
struct Assembly: Sendable {
    let streamID: UInt64
    let frameID: UInt64
    private(set) var payload: [UInt8] = []
    /// The limit was passed; nothing is kept from then on.
    private(set) var isTooLarge = false

    mutating func letGo() {
        isTooLarge = true
        payload = []
    }

    mutating func append(_ frame: RawSpan, _ range: Range<Int>, limit: Int) {
        guard !isTooLarge, range.count <= limit - payload.count else { return letGo() }
        unsafe frame.extracting(range).withUnsafeBytes { unsafe payload.append(contentsOf: $0) }
    }
}
