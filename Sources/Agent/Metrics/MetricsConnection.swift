internal import Glibc
internal import System

/// One HTTP client of the metrics address: one request, one answer, then the end, all within a time. On the main thread.
final class MetricsConnection: Guest {
    /// Seconds that all of it may take.
    private static let timeLimit = 5.0
    /// Bytes of a request's head.
    private static let longestHead = 8 << 10

    private let descriptor: Descriptor
    private let agent: RunningAgent
    private unowned let places: Places<MetricsConnection>
    private var watcher: IOWatcher?
    private var timer: TimerWatcher?
    private var head: [UInt8] = []
    private var output = ReplyBuffer()
    private var isAnswered = false
    /// When it connected, was answered, or took some of its answer; bytes that are no request yet are nothing. On the monotonic
    /// clock.
    private var lastUse = MonotonicClock.now
    private var isClosed = false

    /// Takes over a connected, non-blocking socket.
    init(
        _ descriptor: consuming Descriptor, agent: RunningAgent, places: Places<MetricsConnection>
    ) {
        self.descriptor = descriptor
        self.agent = agent
        self.places = places
        watcher = IOWatcher(loop: agent.loop) { [unowned self] in ready($0) }
        timer = TimerWatcher(loop: agent.loop) { [unowned self] in close() }
        watcher?.watch(self.descriptor.rawValue, for: .read)
        timer?.start(after: Self.timeLimit)
    }

    func start() { ready(.read) }

    private func ready(_ events: IOEvents) {
        if events.contains(.write) {
            lastUse = MonotonicClock.now
            return flush()
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(descriptor.rawValue, &buffer, buffer.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) ? () : close() }
        // What comes behind the answer keeps the socket from being reset under it.
        guard !isAnswered else { return }
        head += buffer[..<count]
        if head.count > Self.longestHead {
            answer(.tooLong)
        } else if buffer[..<count].contains(0x0A), let request = HTTPRequestHead(head) {
            answer(request)
        }
    }

    private func answer(_ request: HTTPRequestHead) {
        isAnswered = true
        lastUse = MonotonicClock.now
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

    /// Nil with a request that has come and was not read yet.
    var idleSince: Double? { !isAnswered && head.isEmpty && descriptor.hasUnread ? nil : lastUse }

    func makeRoom() { close() }

    private func close() {
        guard !isClosed else { return }
        isClosed = true
        watcher?.stop()
        timer?.stop()
        places.leave(self)
    }
}
