/// A HAProxy as far as the agent sees one: it says HELLO, sends NOTIFY frames and reads their ACKs.
final class SPOPClient {
    /// A NOTIFY's message, with whatever a HAProxy would never put into it.
    struct Message {
        var method = "GET"
        var target = "/"
        var fields = [HeaderField("host", "www.example.test")]
        /// Whether the fields go as `req.hdrs` instead of `req.hdrs_bin`.
        var usesText = false
        /// The whole `arg_hdrs` as a binary, in place of `fields`.
        var rawHeaders: [UInt8]?
        var body: [UInt8] = []
        /// `arg_id`, left out when nil.
        var id: String?
        /// `arg_to`, left out when nil; NULL when empty.
        var to: String?
        /// The message's name.
        var name = "mirror"

        /// The list of messages that a NOTIFY holds: this one.
        var payload: [UInt8] {
            let block = rawHeaders ?? (usesText ? textHeaders : binaryHeaders)
            var arguments: [(String, UInt8, [UInt8])] = [
                ("arg_method", 8, method.latin1), ("arg_path", 8, target.latin1),
                ("arg_ver", 8, Array("1.1".utf8)),
                ("arg_hdrs", usesText ? 8 : 9, block), ("arg_body", 9, body),
            ]
            if let id { arguments.append(("arg_id", 8, id.latin1)) }
            if let to, !to.isEmpty { arguments.append(("arg_to", 8, to.latin1)) }
            let isNull = to?.isEmpty == true
            var payload = SPOPFrame.string(name) + [UInt8(arguments.count + (isNull ? 1 : 0))]
            for (name, type, value) in arguments {
                payload += SPOPFrame.string(name) + [type] + SPOPFrame.variable(UInt64(value.count)) + value
            }
            if isNull { payload += SPOPFrame.string("arg_to") + [0] }
            return payload
        }

        private var binaryHeaders: [UInt8] {
            let pairs = fields.flatMap { [$0.name.latin1, $0.value.latin1] } + [[], []]
            return pairs.flatMap { SPOPFrame.variable(UInt64($0.count)) + $0 }
        }

        private var textHeaders: [UInt8] {
            fields.flatMap { "\($0.name): \($0.value)\r\n".latin1 } + "\r\n".utf8
        }
    }

    private let socket: Socket
    private var buffer: [UInt8] = []
    private var sent: UInt64 = 0
    /// The frame size that was agreed on.
    private(set) var maxFrameSize = 0

    /// Connects and shakes hands.
    init(_ endpoint: Endpoint, maxFrameSize: UInt32 = 16_380) throws {
        socket = try Socket.connect(to: endpoint)
        try socket.write(SPOPFrame.hello(maxFrameSize: maxFrameSize).bytes)
        let greeting = try nextFrame()
        guard greeting.type == SPOPFrame.agentHello, let size = try greeting.items()["max-frame-size"],
            let size = Int(size)
        else { throw HarnessError("no greeting: \(greeting)") }
        self.maxFrameSize = size
    }

    /// Sends `message` in one frame and waits for its ACK; `inTheMiddle` runs when half of the frame is sent.
    @discardableResult
    func notify(_ message: Message, inTheMiddle: (() throws -> Void)? = nil) throws -> SPOPFrame {
        try notify(payload: message.payload, inTheMiddle: inTheMiddle)
    }

    /// The same with any list of messages.
    @discardableResult
    func notify(payload: [UInt8], inTheMiddle: (() throws -> Void)? = nil) throws -> SPOPFrame {
        sent += 1
        let bytes = SPOPFrame(type: SPOPFrame.notify, stream: sent, frame: 1, payload: payload).bytes
        if let inTheMiddle {
            try socket.write(Array(bytes.prefix(bytes.count / 2)))
            try inTheMiddle()
            try socket.write(Array(bytes.suffix(bytes.count - bytes.count / 2)))
        } else {
            try socket.write(bytes)
        }
        let answer = try nextFrame()
        guard answer.type == SPOPFrame.ack, answer.stream == sent else {
            throw HarnessError("not the ACK of stream \(sent): \(answer)")
        }
        return answer
    }

    private func nextFrame() throws -> SPOPFrame {
        while true {
            let length = buffer.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            if buffer.count >= 4, buffer.count >= 4 + length {
                defer { buffer.removeFirst(4 + length) }
                return try SPOPFrame.all(in: Array(buffer.prefix(4 + length)))[0]
            }
            let more = try socket.read()
            guard !more.isEmpty else { throw HarnessError("the agent closed the connection") }
            buffer += more
        }
    }
}
