internal import CLibev

/// A timer on the loop's monotonic clock. Owned by the loop's thread.
@safe final class TimerWatcher {
    private let loop: EventLoop
    private let watcher: UnsafeMutablePointer<ev_timer>
    private let handler: () -> Void

    init(loop: EventLoop, priority: WatcherPriority = .normal, handler: @escaping () -> Void) {
        self.loop = loop
        self.handler = handler
        unsafe watcher = .allocate(capacity: 1)
        unsafe shim_ev_timer_init(
            watcher,
            { _, watcher, _ in
                unsafe WatcherOwner.call(watcher?.pointee.data) { (owner: TimerWatcher) in owner.handler() }
            }, priority.rawValue,
            Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        stop()
        unsafe watcher.deallocate()
    }

    var isRunning: Bool { unsafe watcher.pointee.active != 0 }

    /// Fires once after `seconds`, then every `interval` seconds unless that is 0. Replaces an earlier start.
    func start(after seconds: Double, every interval: Double = 0) {
        stop()
        unsafe shim_ev_timer_set(watcher, max(seconds, 0), interval)
        unsafe ev_timer_start(loop.pointer, watcher)
    }

    func stop() { unsafe ev_timer_stop(loop.pointer, watcher) }
}
