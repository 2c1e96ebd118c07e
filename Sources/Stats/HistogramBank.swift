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

    func read(into histogram: inout Histogram) {
        for index in 0..<Self.bucketCount {
            histogram.counts[index] &+= unsafe slots[index].load(ordering: .relaxed)
        }
        histogram.microseconds &+= unsafe slots[Self.sumSlot].load(ordering: .relaxed)
    }
}
