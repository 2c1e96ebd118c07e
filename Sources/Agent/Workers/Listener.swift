internal import Glibc
internal import Stats
internal import System

/// Takes HAProxy's connections on the main thread and gives each to the worker that has the fewest.
final class Listener {
    private let workers: [WorkerHandle]
    private let counters: CounterBank
    private let errors: RepeatedErrors
    private var acceptors: [Acceptor] = []
    /// SPOP connections at once.
    var maxConnections: Int

    /// Owns `sockets`, which listen and are non-blocking, and starts accepting. They are closed with the listener;
    /// connections that were accepted are not touched.
    init(
        sockets: [Int32], loop: EventLoop, workers: [WorkerHandle], maxConnections: Int,
        counters: CounterBank,
        errors: RepeatedErrors
    ) {
        self.workers = workers
        self.maxConnections = maxConnections
        self.counters = counters
        self.errors = errors
        acceptors = sockets.map { socket in
            Acceptor(
                Descriptor(owning: socket), loop: loop,
                failed: { errors.report("accept", SystemError.text(of: $0)) },
                accepted: { [unowned self] in handOver($0) })
        }
    }

    private func handOver(_ connection: consuming Descriptor) {
        let counts = workers.map(\.connectionCount)
        guard counts.reduce(0, +) < UInt64(maxConnections) else {
            counters.add(to: .connectionsRefused)
            errors.report("connection refused", "\(maxConnections) are open (--max-connections)")
            return
        }
        ListeningSocket.setOption(connection.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        // HAProxy 3.1 and newer keep connections for good: one whose host has vanished must not hold its place for ever.
        ListeningSocket.setOption(connection.rawValue, SOL_SOCKET, SO_KEEPALIVE, 1)
        ListeningSocket.setOption(connection.rawValue, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
        guard let fewest = counts.indices.min(by: { counts[$0] < counts[$1] }) else { return }
        workers[fewest].serve(connection)
    }
}
