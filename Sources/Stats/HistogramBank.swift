internal import Synchronization

/// One worker's durations of one kind: written by the worker's thread alone, read by any.
///
/// Buckets are log-linear, eight to each power of two, so a quantile is right within an eighth from a microsecond to
/// more than an hour, in 2 KiB.
@safe package final class HistogramBank: Sendable {
    static let bucketCount = 256
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Atomic<UInt64>>
    /// Behind the buckets: the sum of all durations, in microseconds.
    private static let sumSlot = bucketCount

    /// All buckets at 0.
    package init() {
        unsafe slots = .allocate(capacity: Self.bucketCount + 1)
        for index in 0...Self.bucketCount { unsafe (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe slots.deinitialize(count: Self.bucketCount + 1)
        unsafe slots.deallocate()
    }

    /// Notes `count` durations of that many seconds each. The worker's thread only.
    package func record(seconds: Double, count: Int = 1) {
        let microseconds = UInt64(max(0, min(seconds, 86400) * 1e6))
        add(UInt64(count), at: Self.bucket(of: microseconds))
        add(microseconds &* UInt64(count), at: Self.sumSlot)
    }

    private func add(_ amount: UInt64, at index: Int) {
        let slot = unsafe slots + index
        unsafe slot.pointee.store(slot.pointee.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
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

    fileprivate func read(into histogram: inout Histogram) {
        for index in 0..<Self.bucketCount {
            histogram.counts[index] &+= unsafe slots[index].load(ordering: .relaxed)
        }
        histogram.microseconds &+= unsafe slots[Self.sumSlot].load(ordering: .relaxed)
    }
}

/// The durations of all workers at one moment.
package struct Histogram: Sendable, Equatable {
    fileprivate var counts = [UInt64](repeating: 0, count: HistogramBank.bucketCount)
    fileprivate var microseconds: UInt64 = 0

    /// Adds up `banks`. Any thread.
    package init(_ banks: [HistogramBank]) { for bank in banks { bank.read(into: &self) } }

    /// How many durations there are.
    package var count: UInt64 { counts.reduce(0, &+) }

    /// All of them together, in seconds.
    package var sum: Double { Double(microseconds) / 1e6 }

    /// How many are at most `seconds` long. Exact where a bucket ends: at powers of two of a microsecond.
    package func count(upTo seconds: Double) -> UInt64 {
        let limit = UInt64(max(0, seconds * 1e6))
        return counts.indices.prefix { HistogramBank.upperBound(of: $0) <= limit }.reduce(0) {
            $0 &+ counts[$1]
        }
    }

    /// The duration in seconds that the share `quantile` (0 to 1) of all stays below; nil when there are none.
    package func quantile(_ quantile: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = max(1, UInt64((quantile * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for index in counts.indices {
            seen &+= counts[index]
            if seen >= rank { return Double(HistogramBank.upperBound(of: index)) / 1e6 }
        }
        return nil
    }

    /// What came since `earlier`.
    package func since(_ earlier: Histogram) -> Histogram {
        var difference = self
        for index in counts.indices { difference.counts[index] &-= earlier.counts[index] }
        difference.microseconds &-= earlier.microseconds
        return difference
    }
}
