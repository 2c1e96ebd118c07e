/// Does something at once when it is asked for, and then once per interval at most: what was asked for meanwhile is done at its
/// end. Owned by the loop's thread.
final class Throttle {
    private let interval: Double
    private let action: () -> Bool
    private var timer: TimerWatcher?
    private var isWanted = false

    /// `interval` is in seconds. `action` returns false to be tried again, an interval later.
    init(loop: EventLoop, interval: Double, action: @escaping () -> Bool) {
        self.interval = interval
        self.action = action
        timer = TimerWatcher(loop: loop) { [unowned self] in act() }
    }

    func ask() {
        isWanted = true
        if timer?.isRunning == false { act() }
    }

    private func act() {
        guard isWanted else { return }
        isWanted = !action()
        timer?.start(after: interval)
    }
}
