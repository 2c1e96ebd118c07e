import Testing

@testable import Agent

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

    @Test("a client that went away is forgotten when bodies come whole, a HAProxy that does not wait is not")
    func forgotten() throws {
        let declared = PayloadBuilder(headers: [("host", "h"), ("content-length", "2")], body: [1, 2])
        let watch = BodyWatch()
        _ = try? short.render(watch: watch)
        for _ in 0..<31 { _ = try declared.render(watch: watch) }
        #expect(throws: Refusal.truncated(.unknown)) { try chunked.render(watch: watch) }
        #expect(try chunked.render(watch: watch).body == [1, 2])

        for _ in 0..<100 {
            _ = try? short.render(watch: watch)
            for _ in 0..<20 { _ = try declared.render(watch: watch) }
            #expect(watch.isUnbuffered)
        }
        for _ in 0..<128 { _ = try declared.render(watch: watch) }
        #expect(!watch.isUnbuffered, "the operator has changed HAProxy's configuration")
    }

    @Test("chunked bodies of which nothing comes, one after the other, tell it too")
    func empties() throws {
        let empty = PayloadBuilder(
            method: "POST", headers: [("host", "h"), ("transfer-encoding", "chunked")])
        let watch = BodyWatch()
        for _ in 0..<3 { #expect(try empty.render(watch: watch).headers.last == "content-length: 0") }
        #expect(throws: Refusal.truncated(.unknown)) { try empty.render(watch: watch) }
        #expect(throws: Refusal.truncated(.unknown)) { try chunked.render(watch: watch) }

        let mixed = BodyWatch()
        for _ in 0..<100 {
            _ = try empty.render(watch: mixed)
            for _ in 0..<11 { _ = try chunked.render(watch: mixed) }
        }
        // HTTP/2 says nothing of a body that is not there.
        var bodiless = PayloadBuilder(method: "POST", headers: [("host", "h")])
        bodiless.version = "2.0"
        for _ in 0..<10 { _ = try bodiless.render(watch: mixed) }
        #expect(!mixed.isUnbuffered)
    }

    @Test("a buffer that was full says nothing about waiting")
    func fullBuffer() throws {
        let watch = BodyWatch()
        let full = PayloadBuilder(
            headers: [("content-length", "60000")], body: [UInt8](repeating: 1, count: 15_200))
        #expect(throws: Refusal.truncated(.bufferFull)) { try full.render(watch: watch) }
        #expect(!watch.isUnbuffered)
    }

    @Test("over HTTP/2 counts as cut off from half of HAProxy's buffer on, since frames take of it too")
    func halfOfTheBuffer() throws {
        // Seen with HAProxy 2.6 and 3.2: DATA frames of 60 bytes, of which 13 440 bytes fit.
        func copy(_ count: Int, version: String = "2.0") -> PayloadBuilder {
            var copy = PayloadBuilder(
                method: "POST", headers: [("host", "h")], body: [UInt8](repeating: 1, count: count),
                size: count)
            copy.version = version
            return copy
        }
        #expect(throws: Refusal.truncated(.bufferFull)) { try copy(13_440).render() }
        #expect(throws: Refusal.truncated(.bufferFull)) { try copy(7_592).render() }
        #expect(try copy(7_500).render().body.count == 7_500)
        #expect(try copy(13_440).render(bufferSize: 32_768).body.count == 13_440)
        var whole = copy(13_440)
        whole.isWhole = true
        #expect(try whole.render().body.count == 13_440)
        var declared = copy(13_440)
        declared.headers.append(("content-length", "13440"))
        #expect(try declared.render().body.count == 13_440)
    }

    @Test("a declared body that is cut where the buffer may have been full says nothing about waiting")
    func littleRoom() throws {
        let watch = BodyWatch()
        // tune.maxrewrite 4096 leaves that much.
        let cut = PayloadBuilder(
            headers: [("content-length", "60000")], body: [UInt8](repeating: 1, count: 12_085))
        #expect(throws: Refusal.truncated(.notAwaited)) { try cut.render(watch: watch) }
        #expect(!watch.isUnbuffered)
    }

    @Test("is sent, or is not, if the operator says so")
    func told() throws {
        let watch = BodyWatch()
        watch.notePart()
        #expect(try chunked.render(style: style(.send), watch: watch).headers.last == "content-length: 2")
        #expect(throws: Refusal.truncated(.undeclared)) { try chunked.render(style: style(.drop)) }
        #expect(
            try chunked.render(style: style(.drop, .send)).headers.last == "X-Mirror-Truncated: unknown")
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
}
