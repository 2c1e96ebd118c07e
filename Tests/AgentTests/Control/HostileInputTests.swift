import SPOP
import Testing

@testable import Agent

/// Inputs that fuzzers or a look at their like have found, and what is made of them now.
@Suite("Hostile inputs")
struct HostileInputTests {
    @Test("a state file cannot name a time that overflows", arguments: [Int.max, 253_402_300_800])
    func pauseForEver(_ end: Int) {
        #expect(throws: StateFileError.self) {
            try StateFile.parse(Array("pause until \(end)\n".utf8), path: "/state")
        }
    }

    @Test func pauseUntilTheLastYear() throws {
        let entries = try StateFile.parse(Array("pause until 253402300799\n".utf8), path: "/state")
        #expect(entries.map(\.entry) == [.pauseUntil(253_402_300_799)])
    }

    @Test("what is wrong with a frame does not depend on what was read before it")
    func offsetOfLengths() {
        let splitter = FrameSplitter(maxFrameSize: 256)
        let bytes: [UInt8] = [9, 9, 9, 0xFF, 0xFF, 0xFF, 0xFF]
        func error(_ bytes: [UInt8], at offset: Int) -> DecodeError? {
            do throws(DecodeError) { _ = try splitter.frameLength(in: bytes.span.bytes, at: offset) } catch {
                return error
            }
            return nil
        }
        #expect(error(bytes, at: 3) != nil)
        #expect(error(bytes, at: 3) == error(Array(bytes[3...]), at: 0))
    }
}
