import Testing

@testable import SPOP

@Suite("What the agent writes")
struct AgentFramesTests {
    @Test func hello() {
        var bytes: [UInt8] = []
        bytes.appendAgentHello(maxFrameSize: 16380, capabilities: Set(Capability.allCases))
        #expect(
            bytes == [0, 0, 0, 84, 101, 0, 0, 0, 1, 0, 0, 7] + Array("version".utf8) + [8, 3]
                + Array("2.0".utf8)
                + [14] + Array("max-frame-size".utf8) + [3, 0xFC, 0xF0, 0x06]
                + [12] + Array("capabilities".utf8) + [8, 30] + Array("fragmentation,pipelining,async".utf8))
    }

    @Test func helloWithoutCapabilities() {
        var bytes: [UInt8] = []
        bytes.appendAgentHello(maxFrameSize: 256, capabilities: [])
        #expect(bytes.suffix(17) == [0xF0, 0x01, 12] + Array("capabilities".utf8) + [8, 0])
    }

    @Test("an ACK of a selected request sets txn id")
    func ackWithID() {
        var bytes: [UInt8] = []
        bytes.appendAck(streamID: 1, frameID: 2, .setID(1))
        bytes.appendAck(streamID: 240, frameID: .max, .setID(1 << 53 - 1))
        let action: [UInt8] = [1, 3, 2, 2] + Array("id".utf8) + [4]
        #expect(
            bytes == [0, 0, 0, 15, 103, 0, 0, 0, 1, 1, 2] + action + [1]
                + [0, 0, 0, 32, 103, 0, 0, 0, 1, 0xF0, 0x00]
                + [0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E]
                + action + [0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x7E])
    }

    @Test("an ACK of a request that is not mirrored sets txn skip")
    func ackWithSkip() {
        var bytes: [UInt8] = []
        bytes.appendAck(streamID: 1, frameID: 2, .setSkip("paused"))
        #expect(
            bytes == [0, 0, 0, 23, 103, 0, 0, 0, 1, 1, 2] + [1, 3, 2, 4] + Array("skip".utf8) + [8, 6]
                + Array("paused".utf8))
    }

    @Test("an ACK that names no request unsets what is never set")
    func ackWithNothing() {
        var bytes: [UInt8] = []
        bytes.appendAck(streamID: 1, frameID: 2, .nothing)
        #expect(bytes == [0, 0, 0, 15, 103, 0, 0, 0, 1, 1, 2] + [2, 2, 2, 4] + Array("none".utf8))
    }

    @Test func disconnect() {
        var bytes: [UInt8] = []
        bytes.appendAgentDisconnect(.frameTooBig)
        #expect(
            bytes == [0, 0, 0, 47, 102, 0, 0, 0, 1, 0, 0, 11] + Array("status-code".utf8) + [3, 3]
                + [7] + Array("message".utf8) + [8, 16] + Array("frame is too big".utf8))
    }

    @Test("every status code has a text of its own", arguments: Array(UInt32(0)...13) + [99])
    func statusTexts(_ code: UInt32) {
        let others = (Array(UInt32(0)...13) + [99]).filter { $0 != code }.map {
            StatusCode(rawValue: $0).message
        }
        #expect(!others.contains(StatusCode(rawValue: code).message))
        #expect(StatusCode(rawValue: 14).message == StatusCode.unknownError.message)
    }
}
