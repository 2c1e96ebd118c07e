internal import Synchronization
internal import System

/// The last copies of one worker that failed or could not be sent: written by the worker's thread, read by the main thread.
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
        /// What the ACK called the request.
        let id: Int64
        let method: [UInt8]
        /// Without userinfo and query.
        let target: [UInt8]
        /// The counter's name: `failed_connect`, `dropped_truncated`.
        let reason: String
        let detail: String
    }

    private struct Ring {
        var entries: [Failure] = []
        var next = 0
    }

    private let ring = Mutex(Ring())

    /// Notes one. The worker's thread only.
    func note(
        id: Int64, method: some Sequence<UInt8>, target: some Sequence<UInt8>, reason: String, detail: String
    ) {
        let target = Array(target.prefix(Self.longestTarget))
        let failure = Failure(
            time: KernelClock.real.nanoseconds, id: id,
            method: Array(method.prefix(Self.longestMethod)),
            target: ShownTarget.of(target, isCut: target.count == Self.longestTarget),
            reason: reason, detail: detail)
        ring.withLock { ring in
            if ring.entries.count < Self.capacity {
                ring.entries.append(failure)
            } else {
                ring.entries[ring.next] = failure
            }
            ring.next = (ring.next + 1) % Self.capacity
        }
    }

    /// The last ones of several workers, the oldest first.
    static func newest(of rings: [RecentFailures]) -> [Failure] {
        let all = rings.flatMap { $0.ring.withLock(\.entries) }
        return Array(all.sorted { $0.time < $1.time }.suffix(capacity))
    }
}
