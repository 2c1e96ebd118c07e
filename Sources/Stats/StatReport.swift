/// What `show stat` tells: every counter, rates and durations of the last interval, durations since the start, SPOE's fields.
package struct StatReport: Encodable, Sendable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    package let format = 1
    /// By name; gauges among them.
    package let counters: [String: UInt64]
    /// Per second, over the last monitor interval.
    package let rates: Rates
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

    /// `interval` is what came in the last interval, of `seconds`; `total` all since the start, or since counters were cleared.
    package init(total: Snapshot, interval: Snapshot, seconds: Double) {
        counters = Dictionary(
            uniqueKeysWithValues: Counter.allCases.map { ($0.name, total[$0]) })
        func rate(_ count: UInt64) -> Double {
            seconds > 0 ? (Double(count) / seconds * 10).rounded() / 10 : 0
        }
        rates = Rates(
            received: rate(interval[.received]), completed: rate(interval[.completed]),
            failed: rate(interval.sum(Counter.failed)), dropped: rate(interval.sum(Counter.dropped)))
        func durations(_ path: (Snapshot) -> Histogram) -> Durations {
            Durations(sinceStart: Percentiles(path(total)), lastInterval: Percentiles(path(interval)))
        }
        self.durations = [
            "ack": durations(\.ackDurations), "queue": durations(\.queueDurations),
            "request": durations(\.requestDurations),
        ]
        spoe = total.spoeFields
    }

    /// `name: value`, one a line.
    package var lines: [String] {
        let rateLines = [
            ("received", rates.received), ("completed", rates.completed), ("failed", rates.failed),
            ("dropped", rates.dropped),
        ]
        return Counter.allCases.map { "\($0.name): \(counters[$0.name] ?? 0)" }
            + rateLines.map { "\($0.0)_per_sec: \($0.1)" }
            + ["ack", "queue", "request"].flatMap { kind -> [String] in
                guard let durations = durations[kind] else { return [] }
                return Self.lines("\(kind)_duration", durations.sinceStart)
                    + Self.lines("\(kind)_duration_last", durations.lastInterval)
            } + ["spoe: \(spoe)"]
    }

    private static func lines(_ name: String, _ percentiles: Percentiles) -> [String] {
        [("p50", percentiles.p50), ("p90", percentiles.p90), ("p99", percentiles.p99)].map {
            "\(name)_\($0.0)_us: \($0.1)"
        }
    }
}
