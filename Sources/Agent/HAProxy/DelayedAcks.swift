internal import DequeModule
internal import SPOP
internal import System

/// ACKs held back by --processing-delay, which makes a slow agent out of this one to test HAProxy's configuration with.
final class DelayedAcks {
    private struct Entry {
        /// On the monotonic clock, in seconds; the loop's is the clock on the wall, which can be set.
        let due: Double
        let streamID: UInt64
        let frameID: UInt64
        let action: Action
        let receivedAt: Double
    }

    private let delay: Double
    private var timer: TimerWatcher?
    private var entries = Deque<Entry>()

    /// Calls `due` when at least one ACK is; `release` then gives them out.
    init(loop: EventLoop, delay: Double, due: @escaping () -> Void) {
        self.delay = delay
        timer = TimerWatcher(loop: loop, priority: .haproxy, handler: due)
    }

    var count: Int { entries.count }

    func hold(streamID: UInt64, frameID: UInt64, _ action: Action, receivedAt: Double) {
        entries.append(
            Entry(
                due: MonotonicClock.now + delay, streamID: streamID, frameID: frameID, action: action,
                receivedAt: receivedAt))
        if entries.count == 1 { timer?.start(after: delay) }
    }

    /// Gives out what is due, or everything.
    func release(
        all: Bool = false,
        _ body: (_ streamID: UInt64, _ frameID: UInt64, _ action: Action, _ receivedAt: Double) -> Void
    ) {
        let now = MonotonicClock.now
        while let first = entries.first, all || first.due <= now {
            entries.removeFirst()
            body(first.streamID, first.frameID, first.action, first.receivedAt)
        }
        if let first = entries.first { timer?.start(after: first.due - now) }
    }
}
