/// What `show stat` tells: every counter, rates and durations of the last interval, durations since the start, SPOE's fields.
package struct StatReport: Encodable, Sendable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    package let format = 1
    /// By name; gauges among them.
    package let counters: [String: UInt64]
    /// Per second, over the last seconds.
    package let rates: Rates
    /// Seconds over which the durations of the last interval were taken: the monitor interval, or 0 before its first end.
    package let durationIntervalSec: Double
    /// By kind: `ack`, `queue`, `request`.
    package let durations: [String: Durations]
    /// `idle/applets sending/waiting errors/processed`.
    package let spoe: String

    /// Events per second.
    package struct Rates: Encodable, Sendable {
        let received: Double
        let completed: Double
        let failed: Double
        let dropped: Double
        /// Over which they were taken.
        let intervalSec: Double

        init(_ interval: Snapshot, seconds: Double) {
            func rate(_ count: UInt64) -> Double {
                seconds > 0 ? StatReport.tenths(Double(count) / seconds) : 0
            }
            received = rate(interval[.received])
            completed = rate(interval[.completed])
            failed = rate(interval.sum(Counter.failed))
            dropped = rate(interval.sum(Counter.dropped))
            intervalSec = StatReport.tenths(seconds)
        }
    }

    /// Percentiles of one kind of duration.
    package struct Durations: Encodable, Sendable {
        let sinceStart: Percentiles
        let lastInterval: Percentiles
    }

    /// In microseconds; 0 when there was none.
    package struct Percentiles: Encodable, Sendable {
        let p50: Int
        let p90: Int
        let p99: Int
        let count: UInt64

        init(_ histogram: Histogram) {
            func microseconds(_ quantile: Double) -> Int {
                Int(((histogram.quantile(quantile) ?? 0) * 1e6).rounded())
            }
            (p50, p90, p99) = (microseconds(0.5), microseconds(0.9), microseconds(0.99))
            count = histogram.count
        }
    }

    /// `total` is all since the start, or since counters were cleared; `rates` and `durations` what came in the last interval of
    /// each, and its length in seconds.
    package init(
        total: Snapshot, rates: (snapshot: Snapshot, seconds: Double),
        durations: (snapshot: Snapshot, seconds: Double)
    ) {
        counters = Dictionary(
            uniqueKeysWithValues: Counter.allCases.map { ($0.name, total[$0]) })
        self.rates = Rates(rates.snapshot, seconds: rates.seconds)
        durationIntervalSec = Self.tenths(durations.seconds)
        let interval = durations.snapshot
        func both(_ path: (Snapshot) -> Histogram) -> Durations {
            Durations(sinceStart: Percentiles(path(total)), lastInterval: Percentiles(path(interval)))
        }
        self.durations = [
            "ack": both(\.ackDurations), "queue": both(\.queueDurations),
            "request": both(\.requestDurations),
        ]
        spoe = total.spoeFields
    }

    static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// `name: value`, one a line.
    package var lines: [String] {
        let rateLines = [
            ("received", rates.received), ("completed", rates.completed), ("failed", rates.failed),
            ("dropped", rates.dropped),
        ]
        return Counter.allCases.map { "\($0.name): \(counters[$0.name] ?? 0)" }
            + ["rate_interval_sec: \(rates.intervalSec)"]
            + rateLines.map { "\($0.0)_per_sec: \($0.1)" }
            + ["duration_interval_sec: \(durationIntervalSec)"]
            + ["ack", "queue", "request"].flatMap { kind -> [String] in
                guard let durations = durations[kind] else { return [] }
                return Self.lines("\(kind)_duration", durations.sinceStart)
                    + Self.lines("\(kind)_duration_last", durations.lastInterval)
            } + ["spoe: \(spoe)"]
    }

    private static func lines(_ name: String, _ percentiles: Percentiles) -> [String] {
        ["\(name)_count: \(percentiles.count)"]
            + [("p50", percentiles.p50), ("p90", percentiles.p90), ("p99", percentiles.p99)].map {
                "\(name)_\($0.0)_us: \($0.1)"
            }
    }
}
