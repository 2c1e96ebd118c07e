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

    @Test func ack() {
        var bytes: [UInt8] = []
        bytes.appendAck(streamID: 1, frameID: 2)
        bytes.appendAck(streamID: 240, frameID: .max)
        #expect(
            bytes == [0, 0, 0, 7, 103, 0, 0, 0, 1, 1, 2] + [0, 0, 0, 17, 103, 0, 0, 0, 1, 0xF0, 0x00]
                + [0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E])
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
