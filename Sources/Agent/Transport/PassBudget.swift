internal import System

/// How much of one pass of a worker's loop goes to a destination, so that its mirror never holds back a frame of HAProxy's, nor the
/// copies for another: each destination has an equal part of what all may take.
final class PassBudget {
    /// Seconds that all mirrors' sockets may take together, and that starting copies may.
    private static let allSockets = 0.0005
    private static let allStarts = 0.0003

    private var sockets = PassBudget.allSockets
    private var starts = PassBudget.allStarts
    private let loop: EventLoop
    /// The pass, by its time on the loop's clock, and when its first socket was served, on the monotonic one.
    private var pass = -Double.infinity
    private var firstServed = 0.0

    init(loop: EventLoop) { self.loop = loop }

    /// It is one of `count` from now on.
    func divide(by count: Int) {
        sockets = Self.allSockets / Double(count)
        starts = Self.allStarts / Double(count)
    }

    /// A pass begins. What is served ahead of its events has a bound of its own: the loop's clock is still that of the pass before.
    func beginPass() { pass = -.infinity }

    /// Whether one more socket may be served in this pass. Answers that stream in on hundreds of them would take tens of milliseconds.
    func allowsSocket() -> Bool {
        let now = MonotonicClock.now
        guard pass == loop.now else {
            (pass, firstServed) = (loop.now, now)
            return true
        }
        return now - firstServed < sockets
    }

    /// Whether more copies may be started in a pass in which that began at `start`, on the monotonic clock.
    func allowsStart(since start: Double) -> Bool { MonotonicClock.now - start < starts }
}
