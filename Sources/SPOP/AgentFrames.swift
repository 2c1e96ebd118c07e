/// The three frames an agent sends, appended to a buffer that is then written at once.
extension [UInt8] {
    /// ACK with its one action (SPOE.txt, section 3.2.7).
    package mutating func appendAck(streamID: UInt64, frameID: UInt64, _ action: Action) {
        let start = count
        // In one go: there is nothing that an agent writes more often.
        append(addingCapacity: Self.longestAck) { (output: inout OutputSpan<UInt8>) in
            output.append([0, 0, 0])
            output.append(0)
            output.append(FrameType.ack.rawValue)
            output.append([0, 0, 0])
            output.append(UInt8(FrameFlags.fin.rawValue))
            output.append(varint: streamID)
            output.append(varint: frameID)
            output.append(action)
        }
        // It fits in a byte.
        self[start + 3] = UInt8(count - start - FrameSplitter.prefixLength)
    }

    /// Prefix, type, flags, two varints and the action.
    private static let longestAck = 4 + 1 + 4 + 2 * 10 + Action.longest

    /// AGENT-HELLO (SPOE.txt, section 3.2.5).
    package mutating func appendAgentHello(maxFrameSize: Int, capabilities: Set<Capability>) {
        let start = beginFrame(.agentHello)
        append(contentsOf: [0, 0])
        appendString("version")
        appendTyped(string: HAProxyHello.supportedVersion)
        appendString("max-frame-size")
        appendTyped(uint32: UInt32(clamping: maxFrameSize))
        appendString("capabilities")
        appendTyped(string: Capability.format(capabilities))
        endFrame(start)
    }

    /// AGENT-DISCONNECT (SPOE.txt, section 3.2.9).
    package mutating func appendAgentDisconnect(_ status: StatusCode) {
        let start = beginFrame(.agentDisconnect)
        append(contentsOf: [0, 0])
        appendString("status-code")
        appendTyped(uint32: status.rawValue)
        appendString("message")
        appendTyped(string: status.message)
        endFrame(start)
    }

    private mutating func beginFrame(_ type: FrameType) -> Int {
        let start = count
        appendUInt32(0)
        append(type.rawValue)
        appendUInt32(FrameFlags.fin.rawValue)
        return start
    }

    private mutating func endFrame(_ start: Int) {
        let length = UInt32(count - start - FrameSplitter.prefixLength)
        for index in 0..<4 {
            self[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index)))
        }
    }

    private mutating func appendTyped(string: String) {
        append(8)
        appendString(string)
    }

    private mutating func appendTyped(uint32: UInt32) {
        append(3)
        appendVarint(UInt64(uint32))
    }
}
