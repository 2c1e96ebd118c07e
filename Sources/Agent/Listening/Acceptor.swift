internal import CLinux
internal import Glibc
internal import System

/// Accepts connections on one listening socket, for whoever serves them.
final class Acceptor {
    /// Connections accepted in one pass of the loop.
    private static let batch = 64
    /// Seconds without accepting after the process ran out of descriptors: the connection stays in the backlog, and a
    /// level-triggered loop would spin on it.
    private static let pause = 0.25

    private let socket: Descriptor
    private let failed: (Int32) -> Void
    private let accepted: (consuming Descriptor) -> Void
    private var watcher: IOWatcher?
    private var resume: TimerWatcher?

    /// Owns `socket`, which listens and is non-blocking. Connections are non-blocking too. `failed` gets errno when
    /// accepting has to pause.
    init(
        _ socket: consuming Descriptor, loop: EventLoop, failed: @escaping (Int32) -> Void,
        accepted: @escaping (consuming Descriptor) -> Void
    ) {
        self.socket = socket
        self.failed = failed
        self.accepted = accepted
        watcher = IOWatcher(loop: loop) { [unowned self] _ in acceptBatch() }
        resume = TimerWatcher(loop: loop) { [unowned self] in watch() }
        watch()
    }

    private func watch() { watcher?.watch(socket.rawValue, for: .read) }

    private func acceptBatch() {
        for _ in 0..<Self.batch {
            let number = linux_accept(socket.rawValue)
            guard number >= 0 else { return pauseUnlessDone(errno) }
            accepted(Descriptor(owning: number))
        }
    }

    private func pauseUnlessDone(_ code: Int32) {
        switch code {
        case EAGAIN, EINTR, ECONNABORTED: return
        default:
            watcher?.stop()
            resume?.start(after: Self.pause)
            failed(code)
        }
    }
}
