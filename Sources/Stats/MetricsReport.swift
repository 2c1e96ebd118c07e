/// All metrics of the agent in Prometheus' text format: those of a snapshot, and what is beside it.
///
/// Every series is there from the start, at 0. The destination is never a label: it may change, and may be a secret.
package struct MetricsReport {
    private var output = PrometheusText()
    private let snapshot: Snapshot

    /// The whole text. `sampleRatio` is 0 to 1, `lastChange` in seconds since 1970, `queueLimit` a number of copies.
    package static func text(
        _ snapshot: Snapshot, version: String, libcurl: String, libev: String, isEnabled: Bool,
        sampleRatio: Double, lastChange: Int, queueLimit: Int, process: ProcessFigures
    ) -> String {
        var report = MetricsReport(snapshot: snapshot)
        report.family(
            "build_info", .gauge, "Versions in use; the value is always 1.",
            [.init([("version", version), ("libcurl", libcurl), ("libev", libev)], 1)])
        report.gauge(
            "enabled", "1 while requests are mirrored, 0 while mirroring is paused.", isEnabled ? 1 : 0)
        report.gauge("sample_ratio", "Share of requests that is mirrored, 0 to 1.", sampleRatio)
        report.gauge(
            "config_last_change_timestamp_seconds", "When a setting was last changed, or the agent started.",
            lastChange)
        report.add(Counter.spop)
        report.histogram(
            "ack_duration_seconds", "From the read that brought a NOTIFY to the write that took its ACK.",
            snapshot.ackDurations)
        report.add(Counter.copies)
        report.gauge("queue_limit", "Copies that may wait.", queueLimit)
        report.histogram(
            "queue_duration_seconds", "From a copy's arrival to the start of its transfer.",
            snapshot.queueDurations)
        report.histogram(
            "request_duration_seconds", "From the start of a transfer to its end.", snapshot.requestDurations)
        report.add(Counter.mirror)
        report.gauge(
            "last_success_timestamp_seconds", "When the mirror last answered; 0 for never.",
            snapshot.lastSuccess)
        report.add(Counter.admin)
        process.add(to: &report.output)
        return report.output.text
    }

    private init(snapshot: Snapshot) { self.snapshot = snapshot }

    // MARK: one family

    /// The families of `rows`, in their order.
    private mutating func add(_ rows: [Counter.Row]) {
        var rest = rows.filter { $0.family != nil }[...]
        while let family = rest.first?.family {
            let members = rest.prefix { $0.family == family }
            rest = rest.dropFirst(members.count)
            let samples = family.label.map { label in
                members.map { PrometheusText.Sample([(label, $0.label)], snapshot[$0.counter]) }
            }
            self.family(
                family.name, family.kind, family.help,
                samples ?? [.init([], snapshot.sum(members.map(\.counter)))])
        }
    }

    private mutating func gauge(_ name: String, _ help: String, _ value: some LosslessStringConvertible) {
        family(name, .gauge, help, [.init([], value)])
    }

    private mutating func family(
        _ name: String, _ kind: PrometheusText.Kind, _ help: String, _ samples: [PrometheusText.Sample]
    ) {
        output.family("spoa_mirror_\(name)", kind, help, samples)
    }

    private mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        output.histogram("spoa_mirror_\(name)", help, histogram)
    }
}
