/// Durations as they were at one moment, of one worker or of all.
package struct Histogram: Sendable, Equatable {
    var counts = [UInt64](repeating: 0, count: HistogramBank.bucketCount)
    var microseconds: UInt64 = 0

    /// What `bank` holds. Any thread.
    package init(_ bank: HistogramBank) { bank.read(into: &self) }

    /// Adds up the durations of several workers.
    init(adding parts: [Histogram]) {
        for part in parts {
            for index in counts.indices { counts[index] &+= part.counts[index] }
            microseconds &+= part.microseconds
        }
    }

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
