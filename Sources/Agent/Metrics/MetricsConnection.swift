internal import Glibc

/// One HTTP client of the metrics address: one request, one answer, then the end, all within a time. On the main thread.
final class MetricsConnection {
    /// Seconds that all of it may take.
    private static let timeLimit = 5.0
    /// Bytes of a request's head.
    private static let longestHead = 8 << 10

    private let descriptor: Descriptor
    private let agent: AdminContext
    private let closed: (MetricsConnection) -> Void
    private var watcher: IOWatcher?
    private var timer: TimerWatcher?
    private var head: [UInt8] = []
    private var output = ReplyBuffer()
    private var isAnswered = false
    private var isClosed = false

    /// Takes over a connected, non-blocking socket.
    init(
        _ descriptor: consuming Descriptor, agent: AdminContext, closed: @escaping (MetricsConnection) -> Void
    ) {
        self.descriptor = descriptor
        self.agent = agent
        self.closed = closed
        watcher = IOWatcher(loop: agent.loop) { [unowned self] in ready($0) }
        timer = TimerWatcher(loop: agent.loop) { [unowned self] in close() }
        watcher?.watch(self.descriptor.rawValue, for: .read)
        timer?.start(after: Self.timeLimit)
    }

    private func ready(_ events: IOEvents) {
        if events.contains(.write) { return flush() }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe read(descriptor.rawValue, $0.baseAddress, $0.count)
        }
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) ? () : close() }
        // What comes behind the answer keeps the socket from being reset under it.
        guard !isAnswered else { return }
        head += buffer[..<count]
        if let request = HTTPRequestHead(head) {
            answer(request)
        } else if head.count > Self.longestHead {
            answer(.tooLong)
        }
    }

    private func answer(_ request: HTTPRequestHead) {
        isAnswered = true
        output.bytes += MetricsAnswer.to(request, agent).bytes
        flush()
    }

    private func flush() {
        switch output.flush(to: descriptor.rawValue) {
        case .failed: close()
        case .partial: watcher?.watch(descriptor.rawValue, for: .write)
        case .done:
            watcher?.watch(descriptor.rawValue, for: .read)
            _ = shutdown(descriptor.rawValue, Int32(SHUT_WR))
        }
    }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        watcher?.stop()
        timer?.stop()
        closed(self)
    }
}
