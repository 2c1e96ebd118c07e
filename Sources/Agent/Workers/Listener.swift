internal import Glibc
internal import Stats
internal import System

/// Takes HAProxy's connections on the main thread and gives each to the worker that has the fewest.
final class Listener {
    private let server: Server
    private let workers: [WorkerHandle]
    private let counters: CounterBank
    private let errors: RepeatedErrors
    /// SPOP connections at once.
    var maxConnections: Int

    /// Starts accepting.
    init(
        _ server: Server, workers: [WorkerHandle], maxConnections: Int, counters: CounterBank,
        errors: RepeatedErrors
    ) {
        self.server = server
        self.workers = workers
        self.maxConnections = maxConnections
        self.counters = counters
        self.errors = errors
        server.start { [unowned self] in handOver($0) }
    }

    private func handOver(_ connection: consuming Descriptor) {
        let counts = workers.map(\.connectionCount)
        guard counts.reduce(0, +) < UInt64(maxConnections) else {
            counters.add(to: .connectionsRefused)
            errors.report("connection refused", "\(maxConnections) are open (--max-connections)")
            return
        }
        SocketOption.set(TCP_NODELAY, of: Int32(IPPROTO_TCP), connection.rawValue, to: 1)
        // HAProxy 3.1 and newer keep connections open: one whose host has vanished must not keep its place for ever.
        SocketOption.set(SO_KEEPALIVE, connection.rawValue, to: 1)
        SocketOption.set(TCP_KEEPIDLE, of: Int32(IPPROTO_TCP), connection.rawValue, to: 60)
        guard let fewest = counts.indices.min(by: { counts[$0] < counts[$1] }) else { return }
        workers[fewest].serve(connection)
    }
}
