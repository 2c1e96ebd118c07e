import Glibc

/// Plays HAProxy: sends NOTIFYs to an agent over SPOP and measures how long their ACKs take.
///
/// In the closed loop each connection always has `window` frames under way. In the open loop frames leave at their own
/// times whatever the agent does, and latency counts from those times: an agent that stalls is charged for every frame
/// that should have been sent meanwhile.
final class LoadGenerator {
    private static let timerToken = Int(UInt32.max)
    /// How long ACKs may still come after the last frame.
    private static let graceSeconds = 2.0
    /// Sends of an open loop are at least this far apart in nanoseconds; what is due goes together.
    private static let shortestTick: UInt64 = 50_000
    /// Frames under way in an open loop, over all connections, and their bytes.
    private static let maxOutstanding = 131_072
    private static let maxOutstandingBytes = 256 << 20

    private let shape: LoadShape
    private let epoll: Epoll
    private let frame: NotifyFrame
    private var connections: [LoadConnection?] = []
    private let buffer: UnsafeMutableRawBufferPointer
    private var latencies = LatencyHistogram()
    private var result = LoadResult()

    private var start: UInt64 = 0
    private var end: UInt64 = 0
    private var outstanding = 0
    private var ackedInTime = 0
    /// Frames of the open loop so far.
    private var sent = 0
    private var turn = 0

    /// Opens the connections.
    init(_ shape: LoadShape, port: UInt16) throws {
        self.shape = shape
        epoll = try Epoll()
        frame = NotifyFrame(shape)
        buffer = .allocate(byteCount: 1 << 18, alignment: 64)
        for index in 0..<shape.connections {
            let connection = try LoadConnection(port: port, frame: frame, slots: slots)
            epoll.add(connection.descriptor, for: .input, token: index)
            connections.append(connection)
        }
    }

    deinit { buffer.deallocate() }

    private var slots: Int {
        guard shape.isOpenLoop else { return shape.window }
        let count = min(Self.maxOutstanding, Self.maxOutstandingBytes / frame.length) / shape.connections
        return min(max(count, 16), NotifyFrame.maxSlots)
    }

    /// In an open loop, where that is known before.
    private var framesToSend: Int { Int(shape.rate * shape.seconds) }

    /// Sends for `seconds`, waits for the last ACKs, and returns.
    func run() throws -> LoadResult {
        let cpuBefore = Clock.cpuTime(of: getpid())
        start = Clock.now
        end = start + Clock.nanoseconds(shape.seconds)
        let giveUp = end + Clock.nanoseconds(Self.graceSeconds)
        if shape.isOpenLoop { try runOpenLoop(until: giveUp) } else { runClosedLoop(until: giveUp) }
        let now = Clock.now
        for case let connection? in connections {
            result.lost += connection.abandon(now: now, latencies: &latencies)
            result.unexpected += connection.unexpected
        }
        result.perSecond = Double(ackedInTime) / shape.seconds
        (result.p50, result.p99) = (latencies.quantile(0.5), latencies.quantile(0.99))
        result.p999 = latencies.quantile(0.999)
        result.generatorLoad =
            Double(Clock.cpuTime(of: getpid()) - cpuBefore) / Double(max(now - start, 1))
        return result
    }

    // MARK: loops

    private func runClosedLoop(until giveUp: UInt64) {
        for (token, connection) in connections.enumerated() {
            let now = Clock.now
            for _ in 0..<shape.window where connection?.send(at: now) == true { outstanding += 1 }
            flush(token)
        }
        repeat { takeEvents() } while !isOver(giveUp)
    }

    private func runOpenLoop(until giveUp: UInt64) throws {
        let timer = try TickingTimer(interval: max(UInt64(1e9 / shape.rate), Self.shortestTick))
        epoll.add(timer.descriptor, for: .input, token: Self.timerToken)
        repeat {
            sendWhatIsDue()
            takeEvents(timer)
        } while !isOver(giveUp)
    }

    private func isOver(_ giveUp: UInt64) -> Bool {
        let now = Clock.now
        let isDone = now >= end && outstanding == 0 && sent == framesToSend
        return isDone || now >= giveUp || connections.allSatisfy { $0 == nil }
    }

    private func takeEvents(_ timer: TickingTimer? = nil) {
        var now: UInt64 = 0
        var isSending = false
        epoll.wait(milliseconds: 20) { token, readiness in
            if now == 0 {
                now = Clock.now
                isSending = !shape.isOpenLoop && now < end
            }
            if token == Self.timerToken { return timer?.takeTick() ?? () }
            guard let connection = connections[token] else { return }
            let before = connection.outstanding
            let recorded = latencies.count
            if !readiness.isDisjoint(with: [.input, .failed]) {
                let state = connection.receive(
                    buffer: buffer, now: now, again: isSending, latencies: &latencies)
                let acks = latencies.count - recorded
                result.acknowledged += acks
                if now < end { ackedInTime += acks }
                outstanding += connection.outstanding - before
                if state == .broken { return drop(token) }
            }
            if connection.hasOutput { flush(connection, token) }
        }
    }

    private func sendWhatIsDue() {
        let now = Clock.now
        let due = min(framesToSend, Int(Clock.seconds(now - start) * shape.rate) + 1)
        let first = turn
        let touched = min(due - sent, connections.count)
        while sent < due {
            let intended = start + UInt64(Double(sent) * 1e9 / shape.rate)
            if connections[turn]?.send(at: intended) == true { outstanding += 1 } else { result.unsent += 1 }
            sent += 1
            turn = turn + 1 == connections.count ? 0 : turn + 1
        }
        for step in 0..<max(touched, 0) { flush((first + step) % connections.count) }
    }

    // MARK: connections

    private func flush(_ token: Int) {
        guard let connection = connections[token], !connection.isBlocked else { return }
        flush(connection, token)
    }

    private func flush(_ connection: LoadConnection, _ token: Int) {
        let state = connection.flush()
        if state == .broken { return drop(token) }
        let isBlocked = state == .blocked
        guard isBlocked != connection.isBlocked else { return }
        connection.isBlocked = isBlocked
        epoll.change(connection.descriptor, to: isBlocked ? [.input, .output] : .input, token: token)
    }

    private func drop(_ token: Int) {
        guard let connection = connections[token] else { return }
        result.broken += 1
        result.unexpected += connection.unexpected
        result.lost += connection.abandon(now: Clock.now, latencies: &latencies)
        outstanding -= connection.outstanding
        epoll.remove(connection.descriptor)
        connections[token] = nil
    }
}
