/// One header field as it stood on the wire.
struct HeaderField: Sendable, Hashable, CustomStringConvertible {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    var description: String { "\(name): \(value)" }
}

/// The head of a request or a response: its first line and its fields, in order.
struct HTTPHead: Sendable {
    /// Every byte up to and including the empty line.
    let raw: [UInt8]
    let startLine: String
    let fields: [HeaderField]

    init(_ raw: [UInt8]) {
        self.raw = raw
        // On bytes: to Swift, CR LF is one character.
        let lines = raw.split(separator: UInt8(ascii: "\n"))
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        startLine = String(latin1: lines.first ?? [])
        fields = lines.dropFirst().filter { !$0.isEmpty }.map { line in
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            let value = line.dropFirst(name.count + 1)
            let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
            let trimmed = value.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
            return HeaderField(String(latin1: name), String(latin1: trimmed))
        }
    }

    /// The values of all fields called `name`, in any case, in order.
    func values(of name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// The value of the first field called `name`.
    subscript(_ name: String) -> String? { values(of: name).first }

    var isChunked: Bool {
        values(of: "transfer-encoding").joined(separator: ",").lowercased().contains("chunked")
    }

    var contentLength: Int? { self["content-length"].flatMap { Int($0) } }
}

/// A request that arrived at a server of the harness, byte for byte.
struct RecordedRequest: Sendable, CustomStringConvertible {
    let head: HTTPHead
    /// The body without its chunked framing, if it had one.
    let body: [UInt8]
    /// The number of the connection it came over, counted from 0.
    let connection: Int

    var method: String { word(0) }
    var target: String { word(1) }
    var version: String { word(2) }

    var description: String {
        "\(String(latin1: head.raw))(\(body.count) bytes of body, connection \(connection))"
    }

    private func word(_ index: Int) -> String {
        let words = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
        return index < words.count ? String(words[index]) : ""
    }
}

/// A request to send; what is not set here is not sent.
struct Request: Sendable {
    /// How the end of the body is marked.
    enum Framing: Sendable, Equatable {
        /// Content-Length if there is a body, nothing otherwise.
        case automatic
        /// Content-Length, even if the body is empty.
        case length
        /// Chunks of this many bytes.
        case chunks(Int)
        /// Nothing: the caller's own header fields say it.
        case none
    }

    var method = "GET"
    var target = "/"
    var fields: [HeaderField] = []
    var body: [UInt8] = []
    var framing = Framing.automatic

    /// The request as HTTP/1.1 writes it.
    var bytes: [UInt8] {
        var fields = [HeaderField("Host", "www.example.test")] + self.fields
        if self.fields.contains(where: { $0.name.lowercased() == "host" }) { fields.removeFirst() }
        var encodedBody = body
        switch framing {
        case .automatic where body.isEmpty, .none: break
        case .automatic, .length: fields.append(HeaderField("Content-Length", String(body.count)))
        case .chunks(let size):
            fields.append(HeaderField("Transfer-Encoding", "chunked"))
            encodedBody = body.chunked(by: size)
        }
        let lines = ["\(method) \(target) HTTP/1.1"] + fields.map(\.description)
        return lines.joined(separator: "\r\n").latin1 + "\r\n\r\n".utf8 + encodedBody
    }
}

/// A response that a client of the harness received.
struct Response: Sendable {
    let head: HTTPHead
    let body: [UInt8]

    var status: Int {
        let words = head.startLine.split(separator: " ")
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}

extension [UInt8] {
    /// The bytes in HTTP's chunked coding.
    func chunked(by size: Int) -> [UInt8] {
        var encoded: [UInt8] = []
        for start in stride(from: 0, to: count, by: size) {
            let chunk = self[start..<Swift.min(start + size, count)]
            encoded += "\(String(chunk.count, radix: 16))\r\n".utf8 + chunk + "\r\n".utf8
        }
        return encoded + "0\r\n\r\n".utf8
    }
}
