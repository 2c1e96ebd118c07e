/// Reads HTTP/1.1 messages from a socket.
struct HTTPReader {
    private let socket: Socket
    private var buffer: [UInt8] = []

    init(_ socket: Socket) {
        self.socket = socket
    }

    /// The next message's head; nil if the stream ends before its first byte.
    mutating func head() throws -> HTTPHead? {
        let emptyLine = Array("\r\n\r\n".utf8)
        var searched = 0
        while true {
            if let end = buffer.firstEnd(of: emptyLine, from: searched) { return HTTPHead(take(end)) }
            searched = max(0, buffer.count - emptyLine.count)
            guard try fill() else {
                guard buffer.isEmpty else { throw HarnessError("the stream ended inside a head") }
                return nil
            }
        }
    }

    /// The body of the request that `head` began.
    mutating func body(ofRequest head: HTTPHead) throws -> [UInt8] {
        head.isChunked ? try chunks() : try bytes(head.contentLength ?? 0)
    }

    /// The next final response, to a request of the given method.
    mutating func response(to method: String) throws -> Response {
        while true {
            guard let head = try head() else { throw HarnessError("closed without a response") }
            let status = Response(head: head, body: []).status
            if (100..<200).contains(status) { continue }
            if method == "HEAD" || status == 204 || status == 304 { return Response(head: head, body: []) }
            if head.isChunked { return Response(head: head, body: try chunks()) }
            if let length = head.contentLength { return Response(head: head, body: try bytes(length)) }
            while try fill() {}
            return Response(head: head, body: take(buffer.count))
        }
    }

    private mutating func bytes(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try fill() else { throw HarnessError("ended after \(buffer.count) of \(count) bytes") }
        }
        return take(count)
    }

    private mutating func chunks() throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let sizeLine = String(latin1: try line())
            guard let size = Int(sizeLine.prefix { $0 != ";" }, radix: 16) else {
                throw HarnessError("not the size of a chunk: \(sizeLine)")
            }
            if size == 0 { break }
            body += try bytes(size)
            _ = try line()
        }
        // Trailer fields, up to the empty line.
        while try !line().isEmpty {}
        return body
    }

    private mutating func line() throws -> [UInt8] {
        let newline = Array("\r\n".utf8)
        while true {
            if let end = buffer.firstEnd(of: newline, from: 0) { return take(end).dropLast(newline.count) }
            guard try fill() else { throw HarnessError("the stream ended inside a line") }
        }
    }

    /// Reads what there is; false at the end of the stream.
    private mutating func fill() throws -> Bool {
        let more = try socket.read()
        buffer += more
        return !more.isEmpty
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }
}

extension [UInt8] {
    /// The index after the first occurrence of `pattern` at or after `start`.
    fileprivate func firstEnd(of pattern: [UInt8], from start: Int) -> Int? {
        guard count >= pattern.count else { return nil }
        return (start...(count - pattern.count))
            .first { self[$0..<($0 + pattern.count)].elementsEqual(pattern) }
            .map { $0 + pattern.count }
    }
}
