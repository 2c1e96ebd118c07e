internal import System

/// How much of one pass of a worker's loop goes to mirrors, so that it never holds back a frame of HAProxy's: one for all transports
/// of the worker.
final class PassBudget {
    /// Seconds that the mirrors' sockets may take, and that starting copies may.
    private static let sockets = 0.0005
    private static let starts = 0.0003

    private let loop: EventLoop
    /// The pass, by its time on the loop's clock, and when its first socket was served, on the monotonic one.
    private var pass = -Double.infinity
    private var firstServed = 0.0

    init(loop: EventLoop) { self.loop = loop }

    /// A pass begins. What is served ahead of its events has a bound of its own: the loop's clock is still that of the pass before.
    func beginPass() { pass = -.infinity }

    /// Whether one more socket may be served in this pass. Answers that stream in on hundreds of them would take tens of milliseconds.
    func allowsSocket() -> Bool {
        let now = MonotonicClock.now
        guard pass == loop.now else {
            (pass, firstServed) = (loop.now, now)
            return true
        }
        return now - firstServed < Self.sockets
    }

    /// Whether more copies may be started in a pass in which that began at `start`, on the monotonic clock.
    func allowsStart(since start: Double) -> Bool { MonotonicClock.now - start < Self.starts }
}
