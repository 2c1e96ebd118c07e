internal import Stats

extension Report {
    /// `show stat`: every counter, rates and durations of the last interval, durations since the start, SPOE's fields. In text
    /// `name: value`, one a line.
    static func stat(_ statistics: Statistics) -> Report {
        let total = statistics.sinceCleared
        let (rates, durations) = (statistics.rates, statistics.durations)
        func rate(_ counters: [Counter]) -> Double {
            rates.seconds > 0 ? tenths(Double(rates.snapshot.sum(counters)) / rates.seconds) : 0
        }
        let counters = Counter.allCases.map { Field($0.name, total[$0]) }
        let perSecond = [
            ("received", rate([.received])), ("completed", rate([.completed])),
            ("failed", rate(Counter.failed)), ("dropped", rate(Counter.dropped)),
        ]
        let kinds: [(name: String, all: [Field], last: [Field])] = [
            ("ack", \Snapshot.ackDurations), ("queue", \.queueDurations), ("request", \.requestDurations),
        ].map { ($0, percentiles(total[keyPath: $1]), percentiles(durations.snapshot[keyPath: $1])) }
        // How long they are: the monitor interval for durations, or 0 before its first end.
        let (rateInterval, durationInterval) = (tenths(rates.seconds), tenths(durations.seconds))
        return Report(
            lines: counters.map { "\($0.name): \($0.text)" }
                + ["rate_interval_sec: \(rateInterval)"]
                + perSecond.map { "\($0)_per_sec: \($1)" }
                + ["duration_interval_sec: \(durationInterval)"]
                + kinds.flatMap { kind in
                    kind.all.map { "\(kind.name)_duration_\($0.text)" }
                        + kind.last.map { "\(kind.name)_duration_last_\($0.text)" }
                } + ["spoe: \(total.spoeFields)"],
            json: [
                "format": JSON(1),
                "counters": JSON(counters),
                "rates": JSON(perSecond.map { ($0, JSON($1)) } + [("interval_sec", JSON(rateInterval))]),
                "duration_interval_sec": JSON(durationInterval),
                "durations": JSON(
                    kinds.map { ($0, ["since_start": JSON($1), "last_interval": JSON($2)]) }),
                "spoe": JSON(total.spoeFields),
            ])
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    /// In microseconds; 0 when there was no duration.
    private static func percentiles(_ durations: Histogram) -> [Field] {
        [Field("count", JSON(durations.count), text: "count: \(durations.count)")]
            + [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)].map { name, quantile in
                let value = Int(((durations.quantile(quantile) ?? 0) * 1e6).rounded())
                return Field(name, JSON(value), text: "\(name)_us: \(value)")
            }
    }
}
