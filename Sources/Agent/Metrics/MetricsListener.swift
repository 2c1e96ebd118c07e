internal import Glibc

/// Where Prometheus asks (`--metrics-address`), on the main thread.
final class MetricsListener {
    /// Clients at once; one more is closed at once. Prometheus is one.
    private static let maxClients = 16

    private let agent: AdminContext
    private let file: SocketFile?
    private var acceptors: [Acceptor] = []
    private var clients: [ObjectIdentifier: MetricsConnection] = [:]

    /// Opens the address and starts to answer.
    init(_ address: ListenAddress, loop: EventLoop, errors: RepeatedErrors, agent: AdminContext) throws {
        self.agent = agent
        let sockets = try ListeningSocket.open(address, backlog: 32)
        file = if case .unix(let socket) = address { SocketFile(bound: socket.path) } else { nil }
        acceptors = sockets.map { socket in
            Acceptor(
                Descriptor(owning: socket), loop: loop,
                failed: { errors.report("accept", SystemError.text(of: $0)) },
                accepted: { [unowned self] in serve($0) })
        }
    }

    private func serve(_ descriptor: consuming Descriptor) {
        guard clients.count < Self.maxClients else { return }
        let client = MetricsConnection(descriptor, agent: agent) { [unowned self] in
            clients[ObjectIdentifier($0)] = nil
        }
        clients[ObjectIdentifier(client)] = client
    }
}
