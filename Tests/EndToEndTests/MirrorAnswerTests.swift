import Testing

extension EndToEnd {
    /// One HAProxy is enough here: these are about the agent's other side.
    @Suite("What mirrors answer")
    struct MirrorAnswerTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let answer: Answer
            let isFailure: Bool

            init(_ description: String, _ answer: Answer, isFailure: Bool = false) {
                testDescription = description
                self.answer = answer
                self.isFailure = isFailure
            }
        }

        static let cases = [
            Case("a length", .ok),
            Case("chunks", .chunked(body: "a body of a few chunks")),
            Case("no length", .withoutLength(body: "until the end")),
            Case("204", .bytes(Array("HTTP/1.1 204 No Content\r\n\r\n".utf8))),
            Case("304", .bytes(Array("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n".utf8))),
            Case("100 first", .response(afterInterim: "100 Continue", body: "final")),
            Case(
                "103 first",
                .response(
                    afterInterim: "103 Early Hints", fields: [HeaderField("Link", "</x>")], body: "final")),
            Case("an error", .response(status: "500 Internal Server Error", body: "oh")),
            Case(
                "a redirect",
                .response(status: "302 Found", fields: [HeaderField("Location", "/x")], body: "")),
            Case("a large body", .response(body: String(repeating: "large ", count: 200_000))),
            Case("a little later", .after(0.2, .ok)),
            Case("nothing, closed", .close, isFailure: true),
            Case("nothing, reset", .reset, isFailure: true),
        ]

        @Test("is taken for what it is, and never seen by production", arguments: cases)
        func takesAnswers(example: Case) throws {
            let scenario = try Scenario(.debian, mirror: { _ in example.answer })
            let response = try scenario.send(Request(target: "/answered"))
            #expect(response.status == 200 && response.body == Array("ok\n".utf8))
            #expect(try scenario.filterLog(atLeast: 1).map(\.status) == [0])

            _ = try scenario.copy(of: "/answered")
            #expect(try scenario.agent.terminate() == .status(0))
            let summary = try #require(scenario.agent.summary, "no summary in \(scenario.agent.log)")
            #expect(summary["received"] == 1 && summary["completed"] == 1, "\(summary)")
            #expect(summary["failed"] == (example.isFailure ? 1 : 0), "\(summary)")
            #expect(scenario.mirror.requests.count == 1)
        }

        @Test("a mirror that never answers holds up nobody")
        func neverAnswers() throws {
            let scenario = try Scenario(.debian, mirror: { _ in .hang })
            var client = try scenario.client()
            for number in 0..<50 {
                #expect(try client.exchange(Request(target: "/hang/\(number)")).status == 200)
            }
            let lines = try scenario.filterLog(atLeast: 50)
            #expect(lines.allSatisfy { $0.status == 0 }, "\(scenario.evidence())")
        }
    }
}
