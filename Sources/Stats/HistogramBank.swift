internal import Synchronization

/// One worker's durations of one kind: written by the worker's thread alone, read by any.
///
/// Buckets are log-linear, eight to each power of two, so a quantile is right within an eighth from a microsecond to
/// more than an hour, in 2 KiB.
package final class HistogramBank: Sendable {
    static let bucketCount = 256
    private let buckets = InlineArray<256, Atomic<UInt64>> { _ in Atomic(0) }
    /// All durations together.
    private let microseconds = Atomic<UInt64>(0)

    /// All buckets at 0.
    package init() {}

    /// Notes `count` durations of that many seconds each. The worker's thread only.
    package func record(seconds: Double, count: Int = 1) {
        let microseconds = UInt64(max(0, min(seconds, 86400) * 1e6))
        Self.add(UInt64(count), to: buckets[Self.bucket(of: microseconds)])
        Self.add(microseconds &* UInt64(count), to: self.microseconds)
    }

    /// Adds what `other` holds. The worker's thread only.
    func absorb(_ other: HistogramBank) {
        for index in 0..<Self.bucketCount {
            Self.add(other.buckets[index].load(ordering: .relaxed), to: buckets[index])
        }
        Self.add(other.microseconds.load(ordering: .relaxed), to: microseconds)
    }

    private static func add(_ amount: UInt64, to slot: borrowing Atomic<UInt64>) {
        slot.store(slot.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// The bucket that `microseconds` falls into.
    static func bucket(of microseconds: UInt64) -> Int {
        guard microseconds >= 8 else { return Int(microseconds) }
        let exponent = 63 - microseconds.leadingZeroBitCount
        let index = (exponent - 2) * 8 + Int((microseconds >> UInt64(exponent - 3)) & 7)
        return min(index, bucketCount - 1)
    }

    /// The first duration behind bucket `index`, in microseconds.
    static func upperBound(of index: Int) -> UInt64 {
        guard index >= 8 else { return UInt64(index + 1) }
        let exponent = UInt64(index / 8 + 2)
        return (9 + UInt64(index % 8)) << (exponent - 3)
    }

    func read(into histogram: inout Histogram) {
        for index in 0..<Self.bucketCount {
            histogram.counts[index] &+= buckets[index].load(ordering: .relaxed)
        }
        histogram.microseconds &+= microseconds.load(ordering: .relaxed)
    }
}
