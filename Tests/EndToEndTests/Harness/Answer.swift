/// What a server of the harness does with a request.
enum Answer: Sendable {
    /// Writes these bytes, then waits for the next request on the connection.
    case bytes([UInt8])
    /// Writes these bytes and closes.
    case bytesThenClose([UInt8])
    /// Does something else after this many seconds.
    indirect case after(Double, Answer)
    /// Does one, and then the other, unless the first was to close.
    indirect case both(Answer, Answer)
    /// Never answers and keeps the connection open.
    case hang
    /// Closes without an answer.
    case close
    /// Resets the connection.
    case reset

    /// A small answer to any request.
    static let ok = Answer.response(body: "ok\n")

    /// A complete response with a Content-Length.
    static func response(status: String = "200 OK", fields: [HeaderField] = [], body: String) -> Answer {
        .bytes(head(status, fields + [HeaderField("Content-Length", String(body.utf8.count))]) + body.utf8)
    }

    /// The same answer after an interim one: "100 Continue", or "103 Early Hints" with a field.
    static func response(afterInterim status: String, fields: [HeaderField] = [], body: String) -> Answer {
        guard case .bytes(let final) = response(body: body) else { return .close }
        return .bytes(head(status, fields) + final)
    }

    /// A response in the chunked coding.
    static func chunked(body: String, chunkSize: Int = 7) -> Answer {
        .bytes(
            head("200 OK", [HeaderField("Transfer-Encoding", "chunked")])
                + Array(body.utf8).chunked(by: chunkSize))
    }

    /// A response that ends where the connection does.
    static func withoutLength(body: String) -> Answer {
        .bytesThenClose(head("200 OK", []) + body.utf8)
    }

    private static func head(_ status: String, _ fields: [HeaderField]) -> [UInt8] {
        (["HTTP/1.1 \(status)"] + fields.map(\.description)).joined(separator: "\r\n").latin1
            + "\r\n\r\n".utf8
    }
}
