internal import Logging

/// Logs an error when it first happens, and then once per interval how often it came again: a peer in a reconnect loop
/// cannot flood the log. One per worker, on its thread.
final class RepeatedErrors {
    private let logger: Logger
    private var repeats: [String: Int] = [:]
    private var timer: TimerWatcher?
    private let interval: Double

    init(loop: EventLoop, interval: Double, logger: Logger) {
        self.logger = logger
        self.interval = interval
        timer = TimerWatcher(loop: loop) { [unowned self] in sumUp() }
    }

    /// Notes one error of `kind`. The detail is only built for the one that is logged.
    func report(_ kind: String, _ detail: @autoclosure () -> String) {
        if let count = repeats[kind] {
            repeats[kind] = count + 1
            return
        }
        repeats[kind] = 0
        logger.warning("\(kind): \(detail())")
        if timer?.isRunning == false { timer?.start(after: interval) }
    }

    /// Logs what came again since the last time. Also to be called at the end, or those would be lost.
    func sumUp() {
        for (kind, count) in repeats.sorted(by: { $0.key < $1.key }) where count > 0 {
            logger.warning("\(kind): \(count) more in the last \(interval) s")
        }
        // A kind that went on stays quiet for another interval, one that stopped is news again.
        repeats = repeats.filter { $0.value > 0 }.mapValues { _ in 0 }
        if !repeats.isEmpty { timer?.start(after: interval) }
    }
}
