import SPOP
import Testing

@Suite("Lengths of frames")
struct FrameSplitterTests {
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
