internal import System

/// Where connections come in: the sockets of one address and the file of a UNIX socket, which end with it. Connections that were
/// accepted are not touched. On the main thread.
final class Server {
    private let loop: EventLoop
    private let errors: RepeatedErrors
    /// Until they are accepted on.
    private var sockets: [Int32]
    private var acceptors: [Acceptor] = []
    private let file: SocketFile?

    /// Opens the address; who connects has to wait until `start`. `errors` is told when accepting has to pause.
    init(_ address: ListenAddress, backlog: Int32, loop: EventLoop, errors: RepeatedErrors) throws {
        self.loop = loop
        self.errors = errors
        sockets = try ListeningSocket.open(address, backlog: backlog)
        file = if case .unix(let socket) = address { SocketFile(bound: socket.path) } else { nil }
    }

    /// Starts accepting. `serve` gets each connection, which is non-blocking.
    func start(_ serve: @escaping (consuming Descriptor) -> Void) {
        acceptors = sockets.map { [errors] socket in
            Acceptor(
                Descriptor(owning: socket), loop: loop,
                failed: { errors.report("accept", SystemError.text(of: $0)) }, accepted: serve)
        }
        sockets = []
    }

    deinit { for socket in sockets { _ = Descriptor(owning: socket) } }
}
