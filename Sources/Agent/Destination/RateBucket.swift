internal import Synchronization

/// Holds requests to a `RateLimit`, over all workers. Each call brings the limit along: it may change at any time.
///
/// It keeps the one moment at which the bucket would be full again (the generic cell rate algorithm, ITU-T I.371), so that a single
/// word is all that workers share.
final class RateBucket: Sendable {
    /// Nanoseconds' worth of requests that may come at once: traffic is never even, and a mirror has to bear as much.
    private static let burst = 100_000_000

    /// Nanoseconds on the monotonic clock.
    private let full = Atomic<Int>(0)

    /// Whether one more request may pass at `now`, in nanoseconds on the monotonic clock.
    func takes(_ limit: RateLimit, at now: Int) -> Bool {
        let interval = 1_000_000_000 / limit.perSecond
        // One request at least, however few may pass.
        let burst = max(Self.burst, interval)
        var current = full.load(ordering: .relaxed)
        while true {
            // After a change to a faster limit, what the slower one took holds it up for a second at most.
            let next = max(current, now) &+ interval
            guard next &- now <= burst else { return false }
            let (isExchanged, original) = full.weakCompareExchange(
                expected: current, desired: next, ordering: .relaxed)
            if isExchanged { return true }
            current = original
        }
    }
}
