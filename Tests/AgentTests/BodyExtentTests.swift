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

@Suite("A body of no declared length")
struct UnknownLengthTests {
    private let chunked = PayloadBuilder(
        method: "POST", headers: [("host", "h"), ("transfer-encoding", "chunked")], body: [1, 2])
    private let short = PayloadBuilder(
        method: "POST", headers: [("host", "h"), ("content-length", "9")], body: [1, 2])

    private func style(
        _ unknownLength: CopyStyle.UnknownLength, _ truncatedBody: CopyStyle.TruncatedBody = .drop
    ) -> CopyStyle { .init(truncatedBody: truncatedBody, unknownLength: unknownLength, mark: nil) }

    @Test("is sent until HAProxy has been seen not to wait for bodies")
    func automatic() throws {
        let watch = BodyWatch()
        #expect(try chunked.render(watch: watch).body == [1, 2])
        #expect(watch.takeHint() == nil)
        #expect(throws: Refusal.truncated(.notAwaited)) { try short.render(watch: watch) }
        #expect(watch.takeHint() != nil)
        #expect(watch.takeHint() == nil, "it is said once")
        #expect(throws: Refusal.truncated(.unknown)) { try chunked.render(watch: watch) }
        let sent = try chunked.render(style: style(.auto, .send), watch: watch)
        #expect(sent.headers == ["host: h", "content-length: 2", "X-Mirror-Truncated: unknown"])
        let whole = PayloadBuilder(
            headers: [("host", "h"), ("transfer-encoding", "chunked")], body: [1, 2], isWhole: true)
        #expect(try whole.render(watch: watch).body == [1, 2])
        #expect(try PayloadBuilder().render(watch: watch).headers == ["host: shop.example"])
    }

    @Test("a buffer that was full says nothing about waiting")
    func fullBuffer() throws {
        let watch = BodyWatch()
        let full = PayloadBuilder(
            headers: [("content-length", "60000")], body: [UInt8](repeating: 1, count: 15_200))
        #expect(throws: Refusal.truncated(.bufferFull)) { try full.render(watch: watch) }
        #expect(!watch.hasSeenPart)
    }

    @Test("is sent, or is not, if the operator says so")
    func told() throws {
        let watch = BodyWatch()
        watch.notePart()
        #expect(try chunked.render(style: style(.send), watch: watch).headers.last == "content-length: 2")
        #expect(throws: Refusal.truncated(.unknown)) { try chunked.render(style: style(.drop)) }
        #expect(throws: Refusal.truncated(.unknown)) { try chunked.render(style: style(.drop, .send)) }
    }

    @Test(
        "of which nothing has come is one where the request may have a body",
        arguments: [
            ("POST", "1.1", true, true), ("POST", "1.1", false, false), ("POST", "2.0", false, true),
            ("PUT", "3.0", false, true), ("GET", "2.0", false, false), ("DELETE", "2.0", false, false),
            ("GET", "1.1", true, true), ("POST", "1.0", false, false), ("POST", "", false, false),
        ])
    func empty(_ method: String, _ version: String, _ isChunked: Bool, _ mayHaveBody: Bool) {
        var copy = PayloadBuilder(method: method, headers: [("host", "h")])
        copy.version = version
        if isChunked { copy.headers.append(("transfer-encoding", "chunked")) }
        let isSent = (try? copy.render(style: style(.drop))) != nil
        #expect(isSent == !mayHaveBody)
    }

    @Test("sizes and flags of a wrong type are malformed copies")
    func wrongTypes() {
        var payload = PayloadBuilder(size: -1).bytes
        #expect(throws: Refusal.malformed(.wrongType)) { try PayloadBuilder.render(payload) }
        payload = PayloadBuilder(isWhole: true).bytes
        payload[payload.count - 1] = 0
        #expect(throws: Never.self, "NULL is a sample that gave nothing") {
            try PayloadBuilder.render(payload)
        }
    }
}
