import Foundation

/// What has to arrive at the mirror for one request, down to the order of the fields.
struct CopyExpectation: Sendable {
    var startLine: String
    var fields: [HeaderField]
    var body: [UInt8]

    /// The field that marks a copy.
    static let mark = HeaderField("X-Mirrored-By", "spoa-mirror")

    /// Fields that belong to a connection, or are gone once HAProxy has read a body as a whole.
    static let dropped: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "transfer-encoding",
        "expect", "http2-settings",
    ]

    /// The copy of `request` as HAProxy 2 and 3 hand it on: names in lower case, the mark behind.
    init(of request: Request, adding own: [HeaderField] = [mark]) {
        let head = request.head
        startLine = "\(request.method) \(request.target) HTTP/1.1"
        body = request.body
        fields = head.fields.map { HeaderField($0.name.lowercased(), $0.value) }
            .filter { !Self.dropped.contains($0.name) }
        if head.isChunked { fields.append(HeaderField("content-length", String(body.count))) }
        fields += own
    }

    /// Compares field by field. `difference` is empty when `copy` is what was expected.
    func difference(from copy: RecordedRequest) -> String {
        var differences: [String] = []
        if copy.head.startLine != startLine { differences.append("\(copy.head.startLine) != \(startLine)") }
        if copy.head.fields != fields {
            let change = copy.head.fields.difference(from: fields)
            differences += change.map { step in
                switch step {
                case .insert(let offset, let field, _): "at \(offset) came \(field)"
                case .remove(let offset, let field, _): "at \(offset) is missing \(field)"
                }
            }
        }
        if copy.body != body {
            differences.append("a body of \(copy.body.count) bytes, expected \(body.count), or other bytes")
        }
        return differences.joined(separator: "; ")
    }
}

extension Request {
    /// The head as it goes over the wire.
    var head: HTTPHead {
        let lines = String(latin1: bytes).components(separatedBy: "\r\n\r\n")
        return HTTPHead((lines[0] + "\r\n\r\n").latin1)
    }
}
