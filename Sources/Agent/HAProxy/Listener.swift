internal import CLinux
internal import Glibc
internal import Logging
internal import Stats

/// Accepts HAProxy's connections on the main thread and gives each to the worker that has the fewest.
final class Listener {
    /// Connections accepted in one turn of the loop.
    private static let batch = 64
    /// Seconds without accepting after the process ran out of descriptors: the connection stays in the backlog, and a
    /// level-triggered loop would spin on it.
    private static let pause = 0.25

    private let sockets: [Int32]
    private let loop: EventLoop
    private let workers: [WorkerHandle]
    private let maxConnections: Int
    private let counters: CounterBank
    private let errors: RepeatedErrors
    private var watchers: [IOWatcher] = []
    private var resume: TimerWatcher?

    /// Owns `sockets`, which listen and are non-blocking, and starts accepting.
    init(
        sockets: [Int32], loop: EventLoop, workers: [WorkerHandle], maxConnections: Int,
        counters: CounterBank,
        errors: RepeatedErrors
    ) {
        self.sockets = sockets
        self.loop = loop
        self.workers = workers
        self.maxConnections = maxConnections
        self.counters = counters
        self.errors = errors
        resume = TimerWatcher(loop: loop) { [unowned self] in watch() }
        watchers = sockets.map { socket in
            IOWatcher(loop: loop) { [unowned self] _ in accept(on: socket) }
        }
        watch()
    }

    /// Closes the listening sockets. Connections that were accepted are not touched.
    func close() {
        resume?.stop()
        watchers.removeAll()
        for socket in sockets { _ = Glibc.close(socket) }
    }

    private func watch() {
        for (watcher, socket) in zip(watchers, sockets) { watcher.watch(socket, for: .read) }
    }

    private func accept(on socket: Int32) {
        for _ in 0..<Self.batch {
            let number = accept4(
                socket, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            guard number >= 0 else { return acceptFailed(errno) }
            handOver(Descriptor(owning: number))
        }
    }

    private func acceptFailed(_ code: Int32) {
        switch code {
        case EAGAIN, EINTR, ECONNABORTED: return
        default:
            errors.report("accept", SystemError.text(of: code))
            for watcher in watchers { watcher.stop() }
            resume?.start(after: Self.pause)
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
        guard let fewest = counts.indices.min(by: { counts[$0] < counts[$1] }) else { return }
        workers[fewest].serve(connection)
    }
}
