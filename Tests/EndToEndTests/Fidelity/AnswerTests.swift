import Testing

extension EndToEnd {
    /// Whatever the mirror answers ends the transfer, and the next copy is sent.
    @Suite("Fidelity: answers")
    struct FidelityAnswerTests {
        /// What the mirror says to one request, and which class of answer that is counted as.
        struct Row: Sendable {
            let rule: String
            let method: String
            let body: [UInt8]
            let answer: Answer
            let counter: String

            init(
                _ rule: String, to method: String = "GET", body: [UInt8] = [], _ answer: Answer,
                counter: String = "responses_2xx"
            ) {
                self.rule = rule
                self.method = method
                self.body = body
                self.answer = answer
                self.counter = counter
            }
        }

        static let rows: [Row] = {
            func head(_ lines: String...) -> Answer {
                .bytes((lines.joined(separator: "\r\n") + "\r\n\r\n").latin1)
            }
            let answerWithBody = Answer.bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld".latin1)
            let trailers =
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"
            return [
                Row("a length", .ok),
                Row("chunks", .chunked(body: "a body of a few chunks")),
                Row("chunks with extensions and trailers", .bytes(trailers.latin1)),
                Row("no length", .withoutLength(body: "until the end")),
                Row("no length, HTTP/1.0", .bytesThenClose("HTTP/1.0 200 OK\r\n\r\nuntil the end".latin1)),
                Row("204", head("HTTP/1.1 204 No Content")),
                Row("204 to a POST", to: "POST", body: [1], head("HTTP/1.1 204 No Content")),
                Row("204 to a DELETE with a body", to: "DELETE", body: [1], head("HTTP/1.1 204 No Content")),
                Row("205", head("HTTP/1.1 205 Reset Content", "Content-Length: 0")),
                Row(
                    "304 with a length", head("HTTP/1.1 304 Not Modified", "Content-Length: 5"),
                    counter: "responses_3xx"),
                Row(
                    "100 first", to: "POST", body: [1], .response(afterInterim: "100 Continue", body: "final")
                ),
                Row("102 first", .response(afterInterim: "102 Processing", body: "final")),
                Row(
                    "103 first",
                    .response(
                        afterInterim: "103 Early Hints", fields: [HeaderField("Link", "</x>")], body: "final")
                ),
                Row(
                    "100 and 103, both twice",
                    .bytes(
                        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 2
                            + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").latin1)),
                Row(
                    "103 to HEAD", to: "HEAD",
                    head("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK", "Content-Length: 9")),
                Row("HEAD", to: "HEAD", head("HTTP/1.1 200 OK", "Content-Length: 5")),
                Row("HEAD, chunked", to: "HEAD", head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")),
                Row("HEAD, no length", to: "HEAD", head("HTTP/1.1 200 OK")),
                Row(
                    "HEAD with a body", to: "HEAD", body: [1, 2], head("HTTP/1.1 200 OK", "Content-Length: 5")
                ),
                Row(
                    "HEAD with a body, 103", to: "HEAD", body: [1],
                    head("HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK", "Content-Length: 5")),
                Row("a body to HEAD", to: "HEAD", answerWithBody),
                Row("a body to HEAD with a body", to: "HEAD", body: [1, 2], answerWithBody),
                Row("a body to 204", .bytes("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nno".latin1)),
                Row("later", .after(0.3, .ok)),
                Row("later, to HEAD", to: "HEAD", .after(0.3, head("HTTP/1.1 200 OK", "Content-Length: 5"))),
                Row("later, in chunks", to: "POST", body: [1], .after(0.3, .chunked(body: "later"))),
                Row(
                    "compressed, or not",
                    head("HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 0")),
                Row(
                    "an unknown coding",
                    .bytes("HTTP/1.1 200 OK\r\nContent-Encoding: x\r\nContent-Length: 1\r\n\r\n?".latin1)),
                Row(
                    "401", head("HTTP/1.1 401 No", "WWW-Authenticate: Basic", "Content-Length: 0"),
                    counter: "responses_4xx"),
                Row(
                    "407", head("HTTP/1.1 407 No", "Proxy-Authenticate: Basic", "Content-Length: 0"),
                    counter: "responses_4xx"),
                Row(
                    "413 and closed", to: "POST", body: FidelityRow.binary(9_000),
                    .bytesThenClose("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n".latin1),
                    counter: "responses_4xx"),
                Row(
                    "417", to: "POST", body: [1], head("HTTP/1.1 417 No", "Content-Length: 0"),
                    counter: "responses_4xx"),
                Row("421", head("HTTP/1.1 421 No", "Content-Length: 0"), counter: "responses_4xx"),
                Row("500", .response(status: "500 No", body: "no"), counter: "responses_5xx"),
                Row(
                    "503, Retry-After",
                    .response(status: "503 No", fields: [HeaderField("Retry-After", "1")], body: ""),
                    counter: "responses_5xx"),
                Row("600 KB", .response(body: String(repeating: "large ", count: 100_000))),
                Row("3 MB, more than is read", .response(body: String(repeating: "large ", count: 500_000))),
                Row(
                    "closed behind the answer",
                    .bytesThenClose(
                        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".latin1)),
                Row(
                    "closed without a word about it",
                    .bytesThenClose("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".latin1)),
            ]
        }()

        @Test(
            "every answer ends its copy, and the next one is sent", arguments: HAProxyVersion.oldestAndNewest)
        func answers(version: HAProxyVersion) throws {
            let mirror = try RecordingMirror { request in
                guard request.target.hasPrefix("/answer/"), let index = Int(request.target.dropFirst(8))
                else {
                    return RecordingMirror.normal(request)
                }
                return Self.rows[index].answer
            }
            // One worker, so that the next copy meets the connection that the answer was on. A copy that waited for
            // bytes that never come would be counted as timed out, long before the harness loses patience.
            let stage = try FidelityStage(version, ["-n", "1", "--timeout", "8s"], to: mirror)
            var client = try RawClient(stage.frontend)
            var expected: [String: Int] = [:]
            for (index, row) in Self.rows.enumerated() {
                let requests = [
                    Request(method: row.method, target: "/answer/\(index)", body: row.body),
                    Request(method: "POST", target: "/next/\(index)", body: [1, 2, 3]),
                ]
                for (request, counter) in zip(requests, [row.counter, "responses_2xx"]) {
                    #expect(try client.exchange(request).status == 200)
                    expected["received", default: 0] += 1
                    expected["completed", default: 0] += 1
                    expected[counter, default: 0] += 1
                    let account = try stage.agent.account(of: expected["received", default: 0])
                    #expect(account == expected, "\(row.rule), \(request.target)")
                    guard account == expected else { return }
                    #expect(mirror.requests(for: request.target).count == 1, "\(row.rule), \(request.target)")
                }
            }
        }
    }
}

private func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
