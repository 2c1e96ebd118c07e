/// An agent that greets as it should and then does `deed` about each NOTIFY.
final class FakeAgent: Sendable {
    enum Deed: Sendable {
        /// Says AGENT-DISCONNECT with this status code.
        case disconnect(UInt32)
        /// Closes without a word.
        case close
        /// Never answers.
        case hang
    }

    let endpoint: Endpoint
    private let listener: Socket
    private let deed: Deed

    init(_ deed: Deed) throws {
        endpoint = .loopback(try Ports.free())
        listener = try Socket.listen(on: endpoint)
        self.deed = deed
        onThread { [listener] in
            while let connection = listener.accept() {
                onThread { try? Self.serve(connection, deed) }
            }
        }
    }

    deinit {
        listener.disconnect()
    }

    private static func serve(_ connection: Socket, _ deed: Deed) throws {
        while let frame = try nextFrame(connection) {
            switch (frame.type, deed) {
            case (SPOPFrame.haproxyHello, _):
                try connection.write(SPOPFrame.greeting.bytes)
            case (SPOPFrame.notify, .disconnect(let code)):
                // HAProxy closes. To one that is closed right behind the goodbye, 3.2 at times gives timeout processing.
                try connection.write(SPOPFrame.goodbye(code).bytes)
            case (SPOPFrame.notify, .close):
                return
            default:
                break
            }
        }
    }

    /// The next frame; nil at the end of the stream.
    private static func nextFrame(_ connection: Socket) throws -> SPOPFrame? {
        guard let prefix = try exactly(4, connection) else { return nil }
        let length = prefix.reduce(0) { $0 << 8 | Int($1) }
        return try exactly(length, connection).flatMap { try SPOPFrame.all(in: prefix + $0).first }
    }

    private static func exactly(_ count: Int, _ connection: Socket) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try connection.read(atMost: count - bytes.count)
            if more.isEmpty { return nil }
            bytes += more
        }
        return bytes
    }
}

extension SPOPFrame {
    /// AGENT-HELLO.
    fileprivate static let greeting = SPOPFrame(
        type: agentHello,
        payload: string("version") + [8] + string("2.0") + string("max-frame-size") + [3] + variable(16_380)
            + string("capabilities") + [8] + string("pipelining"))

    /// AGENT-DISCONNECT.
    fileprivate static func goodbye(_ code: UInt32) -> SPOPFrame {
        SPOPFrame(
            type: agentDisconnect,
            payload: string("status-code") + [3] + variable(UInt64(code)) + string("message") + [8]
                + string("code \(code)"))
    }
}
