import Testing

@testable import Agent

/// What HAProxy was seen to say of bodies (2.6 and newer), and what follows from it.
@Suite("Whether a body is whole")
struct BodyExtentTests {
    private func extent(
        _ count: Int, declared: Int? = nil, known: UInt64? = nil, isWhole: Bool? = nil,
        fillsBuffer: Bool = false, mayHaveBody: Bool = true
    ) -> BodyExtent {
        BodyExtent(
            .init(
                count: count, declared: declared, known: known, isWhole: isWhole, fillsBuffer: fillsBuffer,
                mayHaveBody: mayHaveBody))
    }

    @Test("a declared length decides, whatever else is said")
    func declared() {
        #expect(extent(5, declared: 5) == .whole)
        #expect(
            extent(5, declared: 5, isWhole: false) == .whole, "the end of an HTTP/2 stream may come later")
        #expect(extent(4, declared: 5) == .cut(.notAwaited))
        #expect(extent(4, declared: 5, isWhole: true) == .cut(.changed), "HAProxy had all of it")
        #expect(extent(4, declared: 5, fillsBuffer: true) == .cut(.bufferFull))
        #expect(extent(6, declared: 5) == .tooLong)
        #expect(extent(0, declared: 0) == .whole)
    }

    @Test("then the end of the message that HAProxy has seen, or not")
    func endOfMessage() {
        #expect(extent(15_190, isWhole: true, fillsBuffer: true) == .whole, "of just the buffer's size")
        #expect(extent(0, isWhole: true) == .whole)
        #expect(extent(10, isWhole: false) == .cut(.notAwaited))
        #expect(extent(10, isWhole: false, fillsBuffer: true) == .cut(.bufferFull))
        #expect(extent(10, known: 60_000, isWhole: true) == .whole)
    }

    @Test("then a chunk of which there is more than came")
    func knownSize() {
        #expect(extent(15_190, known: 60_000, fillsBuffer: true) == .cut(.bufferFull))
        #expect(extent(10, known: 11) == .cut(.notAwaited))
        // What has come, or 0: no less says anything.
        #expect(extent(10, known: 10) == .unknown)
        #expect(extent(10, known: 3) == .unknown)
        #expect(extent(10, known: 0) == .unknown)
        #expect(extent(10, known: .max) == .cut(.notAwaited))
    }

    @Test("else nobody knows, unless there cannot be a body or the buffer is full")
    func nothingSaid() {
        #expect(extent(0, mayHaveBody: false) == .whole)
        #expect(extent(0) == .unknown)
        #expect(extent(10, mayHaveBody: false) == .unknown)
        #expect(extent(15_190, fillsBuffer: true) == .cut(.bufferFull))
    }
}
