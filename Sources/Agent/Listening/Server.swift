internal import CLinux
internal import Glibc
internal import System

/// The listening sockets of one address, closed with their owner. The file of a UNIX socket is removed, too; accepted connections
/// stay open. On the main thread.
final class Server {
    private let acceptors: [Acceptor]
    private let file: SocketFile?

    /// Opens the address. Clients can connect, and wait until `start`. `errors` gets a report when accepting has to pause.
    init(_ address: ListenAddress, backlog: Int32, loop: EventLoop, errors: RepeatedErrors) throws {
        acceptors = try ListeningSocket.open(address, backlog: backlog).map {
            Acceptor(Descriptor(owning: $0), loop: loop, errors: errors)
        }
        file = if case .unix(let socket) = address { SocketFile(bound: socket.path) } else { nil }
    }

    /// Starts accepting. `serve` gets each connection, which is non-blocking.
    func start(_ serve: @escaping (consuming Descriptor) -> Void) {
        for acceptor in acceptors { acceptor.start(serve) }
    }
}

/// Accepts connections on one listening socket, for whoever serves them.
private final class Acceptor {
    /// Connections accepted in one pass of the loop.
    private static let batch = 64
    /// Seconds without accepting after the process ran out of descriptors: the connection stays in the backlog, and a
    /// level-triggered loop would spin on it.
    private static let pause = 0.25

    private let socket: Descriptor
    private let errors: RepeatedErrors
    private var accepted: (consuming Descriptor) -> Void = { _ in }
    private var watcher: IOWatcher?
    private var resume: TimerWatcher?

    /// Owns `socket`, which listens and is non-blocking.
    init(_ socket: consuming Descriptor, loop: EventLoop, errors: RepeatedErrors) {
        self.socket = socket
        self.errors = errors
        watcher = IOWatcher(loop: loop) { [unowned self] _ in acceptBatch() }
        resume = TimerWatcher(loop: loop) { [unowned self] in watch() }
    }

    func start(_ accepted: @escaping (consuming Descriptor) -> Void) {
        self.accepted = accepted
        watch()
    }

    private func watch() { watcher?.watch(socket.rawValue, for: .read) }

    private func acceptBatch() {
        for _ in 0..<Self.batch {
            let number = linux_accept(socket.rawValue)
            guard number < 0 else {
                accepted(Descriptor(owning: number))
                continue
            }
            let code = errno
            guard ![EAGAIN, EINTR, ECONNABORTED].contains(code) else { return }
            watcher?.stop()
            resume?.start(after: Self.pause)
            return errors.report("accept", SystemError.text(of: code))
        }
    }
}
