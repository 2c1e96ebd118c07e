internal import Logging
internal import Stats
internal import Synchronization

/// The request log of all workers: writes its lines, and says which ones there is no room for. What it holds does not grow with what
/// is left out.
final class RequestLog: Sendable {
    private struct Account {
        /// Lines that may be written now.
        var credit = 0.0
        /// When that was so, on the monotonic clock, in seconds.
        var time = -Double.infinity
        /// When a line of each end was written last, by the end's counter.
        var lastLines = [Double](repeating: -.infinity, count: Counter.allCases.count)
        var leftOut = 0
    }

    private let logger: Logger
    private let account = Mutex(Account())

    /// Lines that may come at once, at a rate that is not lower.
    private static let burst = 100

    init(_ logger: Logger) { self.logger = logger }

    /// Whether to write a line about a request that ended in `end`; if so, it counts as written. At most `rate` lines a second are
    /// written; nil stands for all. The first of each end in a second always is, so a flood of one kind does not hide the others.
    ///
    /// Ask before you make a line: one that is left out costs the question alone. `now` is on the monotonic clock, in
    /// seconds. Any thread.
    func takes(_ end: Counter, upTo rate: Int?, now: Double) -> Bool {
        guard let rate else { return true }
        return account.withLock { account in
            let most = Double(min(rate, max(Self.burst, rate / 10)))
            // Each worker reads the clock itself, so `now` may be a little before `account.time`.
            account.credit = min(most, account.credit + max(0, now - account.time) * Double(rate))
            account.time = max(account.time, now)
            guard account.credit >= 1 || now - account.lastLines[end.rawValue] >= 1 else {
                account.leftOut += 1
                return false
            }
            account.credit = max(0, account.credit - 1)
            account.lastLines[end.rawValue] = now
            return true
        }
    }

    /// Writes a line. Any thread; never waits.
    func write(_ line: String) { logger.info("\(line)") }

    /// Logs how many lines were left out since the last call. Call it at the end of each monitor interval, and at the end.
    func sumUp() {
        let leftOut = account.withLock { account in
            defer { account.leftOut = 0 }
            return account.leftOut
        }
        guard leftOut > 0 else { return }
        logger.notice("request log: \(leftOut) lines left out (request-log-rate)")
    }
}
