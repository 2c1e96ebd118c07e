/// What a frame is (SPOE.txt, section 3.2.2).
package struct FrameType: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire.
    package let rawValue: UInt8

    /// Wraps any byte: unknown types exist, and are skipped.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// A continuation of a fragmented payload.
    package static let unset = FrameType(rawValue: 0)
    /// HAProxy opens the connection.
    package static let haproxyHello = FrameType(rawValue: 1)
    /// HAProxy closes it, or answers AGENT-DISCONNECT.
    package static let haproxyDisconnect = FrameType(rawValue: 2)
    /// HAProxy reports an event of a stream.
    package static let notify = FrameType(rawValue: 3)
    /// The agent's part of the handshake.
    package static let agentHello = FrameType(rawValue: 101)
    /// The agent closes the connection.
    package static let agentDisconnect = FrameType(rawValue: 102)
    /// The agent answers one NOTIFY.
    package static let ack = FrameType(rawValue: 103)
}

/// The 32 flag bits of a frame (SPOE.txt, section 3.2). Bits 2 to 31 are reserved and ignored.
package struct FrameFlags: OptionSet, Hashable, Sendable {
    /// The bits on the wire.
    package let rawValue: UInt32

    /// Wraps the bits.
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The last, or only, fragment of a payload.
    package static let fin = FrameFlags(rawValue: 1)
    /// The payload in progress is cancelled.
    package static let abort = FrameFlags(rawValue: 2)
}

/// Everything before a frame's payload, the length prefix left out.
package struct FrameHeader: Hashable, Sendable {
    /// What the frame is.
    package let type: FrameType
    /// FIN and ABORT.
    package let flags: FrameFlags
    /// HAProxy's stream, 0 for HELLO and DISCONNECT.
    package let streamID: UInt64
    /// The frame inside the stream, 0 for HELLO and DISCONNECT.
    package let frameID: UInt64
}

extension ByteCursor {
    /// The header of a frame whose length prefix is already read.
    package mutating func readFrameHeader() throws(DecodeError) -> FrameHeader {
        FrameHeader(
            type: FrameType(rawValue: try readByte()),
            flags: FrameFlags(rawValue: try readUInt32()),
            streamID: try readVarint(),
            frameID: try readVarint())
    }
}
