import SPOP
import Testing

@testable import Agent

@Suite("The body of a copy")
struct RenderedBodyTests {
    @Test("bodies", arguments: ["POST", "GET", "DELETE", "PATCH"])
    func bodies(_ method: String) throws {
        let body: [UInt8] = [0, 13, 10, 255]
        let rendered = try PayloadBuilder(
            method: method, headers: [("host", "h"), ("Content-Length", "4"), ("x", "y")], body: body
        ).render()
        #expect(rendered.headers == ["host: h", "Content-Length: 4", "x: y"])
        #expect(rendered.body == body)
    }

    @Test("a body without a length gets one")
    func addedLength() throws {
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("transfer-encoding", "chunked")], body: [1, 2])
                .render().headers
                == ["host: h", "content-length: 2"])
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("transfer-encoding", "chunked")]).render().headers
                == ["host: h", "content-length: 0"])
        #expect(try PayloadBuilder(headers: [("host", "h")]).render().headers == ["host: h"])
    }

    @Test("Content-Length: 0 is kept, and sent once")
    func lengthZero() throws {
        let headers = [("host", "h"), ("content-length", "0"), ("content-length", "0")]
        #expect(
            try PayloadBuilder(method: "POST", headers: headers).render().headers == [
                "host: h", "content-length: 0",
            ])
    }

    @Test("a body shorter than declared is a truncated copy")
    func truncatedBody() {
        #expect(throws: Refusal.truncated(.notAwaited)) {
            try PayloadBuilder(headers: [("content-length", "65536")], body: [1, 2, 3]).render()
        }
        let full = PayloadBuilder(
            headers: [("content-length", "65536")], body: [UInt8](repeating: 1, count: 15_200))
        #expect(throws: Refusal.truncated(.bufferFull)) { try full.render() }
    }

    @Test("a truncated body as the operator wants it")
    func truncatedStyles() throws {
        let copy = PayloadBuilder(headers: [("host", "h"), ("content-length", "10")], body: [1, 2])
        let sent = try copy.render(style: .init(truncatedBody: .send, mark: nil))
        #expect(sent.headers == ["host: h", "content-length: 2", "X-Mirror-Truncated: 10"])
        #expect(sent.body == [1, 2])
        let headers = try copy.render(style: .init(truncatedBody: .headers, mark: nil))
        #expect(headers.headers == ["host: h", "content-length: 0", "X-Mirror-Truncated: 10"])
        #expect(headers.body.isEmpty)
    }

    @Test("a body of no declared length that fills HAProxy's buffer counts as cut off")
    func chunkedTruncation() throws {
        func copy(_ count: Int) -> PayloadBuilder {
            PayloadBuilder(
                headers: [("host", "h"), ("transfer-encoding", "chunked")],
                body: [UInt8](repeating: 1, count: count))
        }
        #expect(try copy(15_000).render().body.count == 15_000)
        #expect(throws: Refusal.truncated(.bufferFull)) { try copy(15_194).render() }
        let sent = try copy(15_194).render(style: .init(truncatedBody: .send, mark: nil))
        #expect(sent.headers == ["host: h", "content-length: 15194", "X-Mirror-Truncated: unknown"])
        #expect(
            try copy(15_194).render(style: .init(mark: nil, bufferSize: 32768)).body
                .count == 15_194)
        #expect(try copy(15_194).render(bufferSize: 32768).body.count == 15_194)
        let declared = PayloadBuilder(
            headers: [("host", "h"), ("content-length", "15194")], body: [UInt8](repeating: 1, count: 15_194))
        #expect(try declared.render().body.count == 15_194)
    }
}
