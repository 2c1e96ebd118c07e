import Glibc

/// A mirror that misbehaves: `Benchmarks mirror slow`, and so on. One thread, one epoll, until it is killed.
final class MirrorServer {
    /// One connection from the agent.
    private final class Client {
        let descriptor: Int32
        var scanner = RequestScanner()
        /// Answers it still has to get, and how much of the first one is written.
        var answersLeft = 0
        var written = 0
        var isBlocked = false

        init(_ descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }

    private static let listenerToken = 0
    private static let delaySeconds = 1.0
    private static let hugeLength = 10_000_000

    private let kind: MirrorKind
    private let epoll: Epoll
    private let listener: Int32
    /// By descriptor.
    private var clients: [Int: Client] = [:]
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)
    private let answer: [UInt8]
    /// Slow answers, in the order in which they are due.
    private var due: [(time: UInt64, client: Client)] = []
    private var dueStart = 0
    private var requests = 0
    private var connections = 0

    /// Listens; `port` tells where.
    init(_ kind: MirrorKind) throws {
        self.kind = kind
        answer =
            kind == .huge
            ? Array("HTTP/1.1 200 OK\r\nContent-Length: \(Self.hugeLength)\r\n\r\n".utf8)
                + [UInt8](repeating: 0x2E, count: Self.hugeLength)
            : Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n".utf8)
        epoll = try Epoll()
        listener = try Sockets.listen()
        epoll.add(listener, for: .input, token: Self.listenerToken)
    }

    var port: UInt16 { Sockets.port(of: listener) }

    func run() -> Never {
        while true {
            epoll.wait(milliseconds: millisecondsUntilNextAnswer) { token, readiness in
                if token == Self.listenerToken { return accept() }
                guard let client = clients[token] else { return }
                if readiness.contains(.output) { write(client) }
                if !readiness.isDisjoint(with: [.input, .failed]) { read(client) }
            }
            giveDueAnswers()
        }
    }

    // MARK: connections

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            Sockets.makeNonBlocking(descriptor)
            Sockets.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
            clients[Int(descriptor)] = Client(descriptor)
            connections += 1
            epoll.add(descriptor, for: .input, token: Int(descriptor))
        }
    }

    private func read(_ client: Client) {
        let count = Glibc.read(client.descriptor, &buffer, buffer.count)
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else { return drop(client) }
        var scanner = client.scanner
        let isHTTP = scanner.scan(buffer[..<count]) { isCount in
            if isCount { tellCount(client) } else { take(client) }
        }
        client.scanner = scanner
        if !isHTTP { drop(client) }
    }

    private func drop(_ client: Client) {
        guard clients[Int(client.descriptor)] === client else { return }
        epoll.remove(client.descriptor)
        clients[Int(client.descriptor)] = nil
    }

    private func isOpen(_ client: Client) -> Bool { clients[Int(client.descriptor)] === client }

    // MARK: requests

    private func take(_ client: Client) {
        requests += 1
        switch kind {
        case .hung: break
        case .slow: due.append((Clock.now + Clock.nanoseconds(Self.delaySeconds), client))
        case .resetting:
            Sockets.set(client.descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
            drop(client)
        case .healthy, .refusing, .huge:
            client.answersLeft += 1
            if !client.isBlocked { write(client) }
        }
    }

    private func write(_ client: Client) {
        while client.answersLeft > 0 {
            let start = client.written
            let count = answer.withUnsafeBytes {
                send(
                    client.descriptor, $0.baseAddress.map { $0 + start }, $0.count - start,
                    Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno != EAGAIN { return drop(client) }
                return block(client, true)
            }
            client.written += count
            if client.written == answer.count {
                client.written = 0
                client.answersLeft -= 1
            }
        }
        block(client, false)
    }

    private func block(_ client: Client, _ isBlocked: Bool) {
        guard client.isBlocked != isBlocked else { return }
        client.isBlocked = isBlocked
        let readiness: Readiness = isBlocked ? [.input, .output] : .input
        epoll.change(client.descriptor, to: readiness, token: Int(client.descriptor))
    }

    private var millisecondsUntilNextAnswer: Int32 {
        guard dueStart < due.count else { return -1 }
        let now = Clock.now
        let time = due[dueStart].time
        return time > now ? Int32((time - now) / 1_000_000 + 1) : 0
    }

    private func giveDueAnswers() {
        let now = Clock.now
        while dueStart < due.count, due[dueStart].time <= now {
            let client = due[dueStart].client
            dueStart += 1
            guard isOpen(client) else { continue }
            client.answersLeft += 1
            write(client)
        }
        if dueStart > 4096 || dueStart == due.count {
            due.removeFirst(dueStart)
            dueStart = 0
        }
    }

    private func tellCount(_ client: Client) {
        let text = "requests=\(requests) connections=\(connections - 1)\n"
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n"
        try? Sockets.writeAll(client.descriptor, Array((head + text).utf8))
        connections -= 1
        drop(client)
    }
}
