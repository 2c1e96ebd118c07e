/// Durations in nanoseconds, in buckets that grow with the value: 128 to each power of two, so a quantile is right
/// within 0.8 %, from a nanosecond to half an hour.
struct LatencyHistogram {
    private static let precision = 7
    private static let perDoubling = 1 << precision
    private static let largest: UInt64 = 1 << 41 - 1

    private var buckets = [UInt32](repeating: 0, count: Self.bucket(of: Self.largest) + 1)
    private(set) var count = 0

    mutating func record(_ nanoseconds: UInt64) {
        buckets[Self.bucket(of: min(nanoseconds, Self.largest))] += 1
        count += 1
    }

    /// The value, in microseconds, that the given part of all values does not exceed.
    func quantile(_ part: Double) -> Double {
        guard count > 0 else { return 0 }
        let rank = max(1, Int((part * Double(count)).rounded(.up)))
        var seen = 0
        for (bucket, number) in buckets.enumerated() {
            seen += Int(number)
            if seen >= rank { return Self.middle(of: bucket) / 1000 }
        }
        return 0
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >= perDoubling else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - precision
        return shift * perDoubling + Int(value >> UInt64(shift))
    }

    private static func middle(of bucket: Int) -> Double {
        guard bucket >= 2 * perDoubling else { return Double(bucket) }
        let shift = bucket / perDoubling - 1
        let lowest = UInt64(bucket - shift * perDoubling) << UInt64(shift)
        return Double(lowest) + Double(UInt64(1) << UInt64(shift)) / 2
    }
}
