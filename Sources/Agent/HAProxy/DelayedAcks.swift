internal import DequeModule
internal import SPOP
internal import System

/// ACKs held back by --processing-delay, which makes a slow agent out of this one to test HAProxy's configuration with.
final class DelayedAcks {
    private let delay: Double
    private var timer: TimerWatcher?
    /// When each is due, on the monotonic clock, in seconds; the loop's is the clock on the wall, which can be set.
    private var entries = Deque<(due: Double, ack: PendingAck)>()

    /// Calls `due` when at least one ACK is; `release` then gives them out.
    init(loop: EventLoop, delay: Double, due: @escaping () -> Void) {
        self.delay = delay
        timer = TimerWatcher(loop: loop, priority: .haproxy, handler: due)
    }

    var count: Int { entries.count }

    func hold(_ ack: PendingAck) {
        entries.append((MonotonicClock.now + delay, ack))
        if entries.count == 1 { timer?.start(after: delay) }
    }

    /// Gives out what is due, or everything.
    func release(all: Bool = false, _ body: (PendingAck) -> Void) {
        let now = MonotonicClock.now
        while let first = entries.first, all || first.due <= now { body(entries.removeFirst().ack) }
        if let first = entries.first { timer?.start(after: first.due - now) }
    }
}

/// The answer to a NOTIFY, on its way.
struct PendingAck {
    let streamID: UInt64
    let frameID: UInt64
    let action: Action
    /// When the NOTIFY was there, on the monotonic clock, in seconds.
    let receivedAt: Double
}
