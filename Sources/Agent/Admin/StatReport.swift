internal import Stats

extension Report {
    /// `show stat`: every counter, rates and durations of the last interval and of the last in which there was something (`busy`),
    /// durations since the start, SPOE's fields. In text `name: value`, one a line.
    static func stat(_ statistics: Statistics) -> Report {
        let total = statistics.sinceCleared
        let (rates, durations) = (statistics.rates, statistics.durations)
        let counters = Counter.allCases.map { Field($0.name, total[$0]) }
        let now = perSecond(rates.snapshot, rates.seconds)
        let busy = rates.lastBusy(.copies)
        let busyPerSecond = perSecond(busy?.snapshot ?? rates.snapshot, busy?.seconds ?? 0)
        let busyAge = tenths(busy?.age ?? 0)
        let kinds = kinds.map { kind in
            let past = durations.lastBusy(kind.part)
            let age = tenths(past?.age ?? 0)
            return Durations(
                name: kind.name, all: percentiles(total[keyPath: kind.path]),
                last: percentiles(durations.snapshot[keyPath: kind.path]),
                busy: percentiles((past?.snapshot ?? durations.snapshot)[keyPath: kind.path])
                    + [Field("age_sec", JSON(age), text: "age_sec: \(age)")])
        }
        // How long they are: the monitor interval for durations, or 0 before its first end.
        let (rateInterval, durationInterval) = (tenths(rates.seconds), tenths(durations.seconds))
        let rateLines =
            ["rate_interval_sec: \(rateInterval)"] + now.map { "\($0)_per_sec: \($1)" }
            + busyPerSecond.map { "busy_\($0)_per_sec: \($1)" } + ["busy_age_sec: \(busyAge)"]
        let busyRates = busyPerSecond.map { ($0, JSON($1)) } + [("age_sec", JSON(busyAge))]
        let rateFields =
            now.map { ($0, JSON($1)) } + [("interval_sec", JSON(rateInterval)), ("busy", JSON(busyRates))]
        return Report(
            lines: counters.map { "\($0.name): \($0.text)" } + rateLines
                + ["duration_interval_sec: \(durationInterval)"] + kinds.flatMap(\.lines)
                + ["spoe: \(total.spoeFields)"],
            json: [
                "format": JSON(1),
                "counters": JSON(counters),
                "rates": JSON(rateFields),
                "duration_interval_sec": JSON(durationInterval),
                "durations": JSON(kinds.map { ($0.name, $0.json) }),
                "spoe": JSON(total.spoeFields),
            ])
    }

    private typealias Kind = (
        name: String, path: KeyPath<Snapshot, Histogram>, part: Statistics.Interval.Part
    )

    private static var kinds: [Kind] {
        [
            ("ack", \.ackDurations, .acks), ("queue", \.queueDurations, .queue),
            ("request", \.requestDurations, .requests),
        ]
    }

    /// Durations of one kind.
    private struct Durations {
        let name: String
        let all: [Field]
        let last: [Field]
        /// Of the last interval with some, and its age.
        let busy: [Field]

        var lines: [String] {
            func lines(_ prefix: String, _ fields: [Field]) -> [String] {
                fields.map { "\(name)_duration_\(prefix)\($0.text)" }
            }
            return lines("", all) + lines("last_", last) + lines("busy_", busy)
        }

        var json: JSON { ["since_start": JSON(all), "last_interval": JSON(last), "busy": JSON(busy)] }
    }

    private static func perSecond(_ snapshot: Snapshot, _ seconds: Double) -> [(String, Double)] {
        [
            ("received", [.received]), ("completed", [.completed]), ("failed", Counter.failed),
            ("dropped", Counter.dropped),
        ].map { name, counters in
            (name, seconds > 0 ? tenths(Double(snapshot.sum(counters)) / seconds) : 0)
        }
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
