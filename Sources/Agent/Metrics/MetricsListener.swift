internal import Glibc
internal import System

/// Where Prometheus asks (`--metrics-address`), on the main thread.
final class MetricsListener {
    private let errors: RepeatedErrors
    private let agent: RunningAgent
    private let file: SocketFile?
    private var acceptors: [Acceptor] = []
    /// Prometheus takes one.
    private let places = Places<MetricsConnection>(count: 16)

    /// Opens the address and starts to answer.
    init(_ address: ListenAddress, loop: EventLoop, errors: RepeatedErrors, agent: RunningAgent) throws {
        self.errors = errors
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
        switch places.find() {
        case .free: break
        case .made: errors.report("metrics client closed", "idle, and all \(places.count) places are taken")
        case .none:
            return errors.report(
                "metrics client refused", "all \(places.count) places are taken, nobody is idle")
        }
        let client = MetricsConnection(descriptor, agent: agent, places: places)
        places.take(client)
        client.start()
    }
}
