internal import Synchronization
internal import System

/// The last copies of one worker that failed or were dropped: written by the worker's thread, read by the main thread.
final class RecentFailures: Sendable {
    /// How many are kept.
    static let capacity = 64
    /// Bytes of a method and of a target that are kept.
    private static let longestMethod = 32
    private static let longestTarget = 512

    /// One of them.
    struct Failure: Sendable {
        /// Nanoseconds since 1970.
        let time: Int
        /// What the ACK called the request; 0 when it had no number yet.
        let id: Int64
        let method: [UInt8]
        /// Without userinfo and query.
        let target: [UInt8]
        /// The counter's name: `failed_connect`, `dropped_truncated`.
        let reason: String
        let detail: String
    }

    /// The oldest first.
    private let kept = Mutex<[Failure]>([])

    /// Notes one. The worker's thread only, which asks its `ExampleBudget` before: this takes some ten microseconds.
    func note(
        id: Int64, method: some Sequence<UInt8>, target: some Sequence<UInt8>, reason: String, detail: String
    ) {
        let target = Array(target.prefix(Self.longestTarget))
        let failure = Failure(
            time: KernelClock.real.nanoseconds, id: id,
            method: Array(method.prefix(Self.longestMethod)),
            target: ShownTarget.of(target, isCut: target.count == Self.longestTarget),
            reason: reason, detail: detail)
        kept.withLock { $0 = Self.fairShare(of: $0 + [failure]) }
    }

    /// The last ones of several workers, the oldest first.
    static func newest(of workers: [RecentFailures]) -> [Failure] {
        fairShare(of: workers.flatMap { $0.kept.withLock(\.self) }.sorted { $0.time < $1.time })
    }

    /// As many as are kept: of each reason the newest, as many as of any other that has so many. The single example of one reason
    /// stays, however often another comes.
    private static func fairShare(of failures: [Failure]) -> [Failure] {
        guard failures.count > capacity else { return failures }
        var seen: [String: Int] = [:]
        // From the newest to the oldest: how many newer ones of the same reason there are.
        let ranks = failures.indices.reversed().map { index in
            let rank = seen[failures[index].reason, default: 0]
            seen[failures[index].reason] = rank + 1
            return (rank, -index)
        }
        return ranks.sorted(by: <).prefix(capacity).map { -$0.1 }.sorted().map { failures[$0] }
    }

    /// The last one for any of `reasons`, names of counters; nil when none of them is kept any more.
    static func last(of reasons: Set<String>, in workers: [RecentFailures]) -> Failure? {
        workers.flatMap { $0.kept.withLock(\.self) }.filter { reasons.contains($0.reason) }
            .max { $0.time < $1.time }
    }
}
