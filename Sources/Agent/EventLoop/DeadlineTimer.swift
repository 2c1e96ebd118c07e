internal import System

/// A timer whose deadline moves often and mostly to later: that costs no call. When it fires early, it looks at the deadline and goes
/// on. Owned by the loop's thread.
final class DeadlineTimer {
    private var timer: TimerWatcher?
    private let handler: () -> Void
    private var deadline = Double.infinity
    private var firesAt = Double.infinity

    /// `handler` is called once for each deadline that comes.
    init(loop: EventLoop, priority: WatcherPriority = .normal, handler: @escaping () -> Void) {
        self.handler = handler
        timer = TimerWatcher(loop: loop, priority: priority) { [unowned self] in fired() }
    }

    /// Waits for `deadline` and no longer for an earlier one: on the monotonic clock, in seconds.
    func wait(until deadline: Double) {
        self.deadline = deadline
        if deadline < firesAt { start(MonotonicClock.now) }
    }

    /// Waits for nothing.
    func stop() {
        timer?.stop()
        (deadline, firesAt) = (.infinity, .infinity)
    }

    private func start(_ now: Double) {
        firesAt = deadline
        timer?.start(after: deadline - now)
    }

    private func fired() {
        firesAt = .infinity
        let now = MonotonicClock.now
        guard now < deadline else {
            deadline = .infinity
            return handler()
        }
        if deadline < .infinity { start(now) }
    }
}
