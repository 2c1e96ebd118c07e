internal import System

/// The listening sockets of one address, closed with their owner. The file of a UNIX socket is removed, too; accepted connections
/// stay open. On the main thread.
final class Server {
    private let loop: EventLoop
    private let errors: RepeatedErrors
    /// Before `start`; afterwards their acceptors own them.
    private var sockets: [Int32]
    private var acceptors: [Acceptor] = []
    private let file: SocketFile?

    /// Opens the address. Clients can connect, and wait until `start`. `errors` gets a report when accepting has to pause.
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
