/// A client that sends the bytes it is given, over one connection.
struct RawClient {
    private let socket: Socket
    private var reader: HTTPReader

    init(_ endpoint: Endpoint) throws {
        self.init(try Socket.connect(to: endpoint))
    }

    init(_ socket: Socket) {
        self.socket = socket
        reader = HTTPReader(socket)
    }

    /// Sends `request` and returns the response to it.
    mutating func exchange(_ request: Request) throws -> Response {
        try exchange(request.bytes, method: request.method)
    }

    /// Sends `bytes`, which are a request of the given method, and returns the response.
    mutating func exchange(_ bytes: [UInt8], method: String) throws -> Response {
        try socket.write(bytes)
        return try reader.response(to: method)
    }
}
