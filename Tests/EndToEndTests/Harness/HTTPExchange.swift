/// One connection: what was sent, and all that came back until its end.
struct HTTPExchange {
    let head: String
    let body: [UInt8]

    /// Sends `request` as it is, whole or in pieces, and reads to the end.
    init(_ endpoint: Endpoint, _ request: String, pieceLength: Int = .max) throws {
        let socket = try Socket.connect(to: endpoint)
        let bytes = Array(request.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(pieceLength, bytes.count)) {
            try socket.write(Array(bytes[start...].prefix(pieceLength)))
        }
        self.init(try socket.readToEnd())
    }

    /// Takes an answer apart.
    init(_ answer: [UInt8]) {
        let end = answer.indices.first { answer[$0...].starts(with: "\r\n\r\n".utf8) } ?? answer.endIndex
        head = String(decoding: answer[..<end], as: UTF8.self)
        body = Array(answer[end...].dropFirst(4))
    }

    /// Of the status line; 0 without one.
    var status: Int { Int(head.dropFirst("HTTP/1.1 ".count).prefix(3)) ?? 0 }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a field; nil without it.
    subscript(field: String) -> String? {
        let line = head.split(separator: "\r\n").first {
            $0.lowercased().hasPrefix("\(field.lowercased()): ")
        }
        return line.map { String($0.dropFirst(field.count + 2)) }
    }
}
