/// All metrics of the agent in Prometheus' text format: those of a snapshot, and what is beside it.
///
/// Every series is there from the start, at 0. Where a destination is, is never a label: it may change, and may be a secret.
package enum MetricsReport {
    /// One destination, as `text` needs it.
    package struct Destination {
        let name: String
        let snapshot: Snapshot
        let state: MirrorState
        let breaker: BreakerSnapshot
        let isEnabled: Bool
        /// 0 to 1.
        let sampleRatio: Double
        /// A number of copies.
        let queueLimit: Int

        package init(
            name: String, _ snapshot: Snapshot, state: MirrorState, breaker: BreakerSnapshot,
            isEnabled: Bool, sampleRatio: Double, queueLimit: Int
        ) {
            (self.name, self.snapshot, self.state, self.breaker) = (name, snapshot, state, breaker)
            (self.isEnabled, self.sampleRatio, self.queueLimit) = (isEnabled, sampleRatio, queueLimit)
        }
    }

    /// The whole text. `sampleRatio` is 0 to 1, `lastChange` in seconds since 1970, `queueLimit` a number of copies.
    package static func text(
        _ snapshot: Snapshot, version: String, libcurl: String, libev: String, state: MirrorState,
        breaker: BreakerSnapshot, isEnabled: Bool, sampleRatio: Double, lastChange: Int, queueLimit: Int,
        destinations: [Destination]
    ) -> String {
        var output = PrometheusText(prefix: "spoa_mirror_")
        output.family(
            "build_info", .gauge, "Versions in use; the value is always 1.",
            [.init([("version", version), ("libcurl", libcurl), ("libev", libev)], 1)])
        output.family(
            "state", .gauge, "1 for the state that the agent is in, 0 for each other.",
            MirrorState.allCases.map { .init([("state", $0.rawValue)], $0 == state ? 1 : 0) })
        output.family(
            "breaker_state", .gauge, "1 for the state of the breaker, 0 for each other.",
            BreakerSnapshot.State.allCases.map {
                .init([("state", $0.rawValue)], $0 == breaker.state ? 1 : 0)
            })
        output.family(
            "breaker_reason", .gauge, "1 for why the breaker is not closed, 0 for each other.",
            BreakerSnapshot.Reason.allCases.map {
                .init([("reason", $0.rawValue)], $0 == breaker.reason ? 1 : 0)
            })
        output.family(
            "breaker_last_change_timestamp_seconds", .gauge,
            "When the breaker last changed its state, or began.", breaker.changedAt)
        output.family(
            "enabled", .gauge, "1 while requests are mirrored, 0 while mirroring is paused.",
            isEnabled ? 1 : 0)
        output.family("sample_ratio", .gauge, "Share of requests that is mirrored, 0 to 1.", sampleRatio)
        output.family(
            "config_last_change_timestamp_seconds", .gauge,
            "When a setting was last changed, or the agent started.",
            lastChange)
        output.add(Counter.spop, of: snapshot)
        output.histogram(
            "ack_duration_seconds", "From the read that brought a NOTIFY to the write that took its ACK.",
            snapshot.ackDurations)
        output.add(Counter.copies, of: snapshot)
        output.family("queue_limit", .gauge, "Copies that may wait.", queueLimit)
        output.histogram(
            "queue_duration_seconds", "From a copy's arrival to the start of its transfer.",
            snapshot.queueDurations)
        output.histogram(
            "request_duration_seconds", "From the start of a transfer to its end.", snapshot.requestDurations)
        output.add(Counter.mirror, of: snapshot)
        output.family(
            "last_success_timestamp_seconds", .gauge, "When the mirror last answered; 0 for never.",
            snapshot.lastSuccess)
        output.add(Counter.admin, of: snapshot)
        output.add(destinations)
        output.prefix = ""
        output.addProcess()
        return output.text
    }
}

extension PrometheusText {
    /// What each destination has come to: a request counts for each that is asked about it.
    fileprivate mutating func add(_ destinations: [MetricsReport.Destination]) {
        prefix += "destination_"
        func label(_ destination: MetricsReport.Destination) -> (name: String, value: String) {
            ("destination", destination.name)
        }
        family(
            "state", .gauge, "1 for the state that the destination is in, 0 for each other.",
            destinations.flatMap { destination in
                MirrorState.allCases.map {
                    Sample([label(destination), ("state", $0.rawValue)], $0 == destination.state ? 1 : 0)
                }
            })
        family(
            "breaker_state", .gauge, "1 for the state of its breaker, 0 for each other.",
            destinations.flatMap { destination in
                BreakerSnapshot.State.allCases.map {
                    Sample(
                        [label(destination), ("state", $0.rawValue)],
                        $0 == destination.breaker.state ? 1 : 0)
                }
            })
        family(
            "breaker_last_change_timestamp_seconds", .gauge, "When that last changed, or began.",
            destinations.map { Sample([label($0)], $0.breaker.changedAt) })
        family(
            "enabled", .gauge, "1 while requests are mirrored there, 0 while that is paused.",
            destinations.map { Sample([label($0)], $0.isEnabled ? 1 : 0) })
        family(
            "sample_ratio", .gauge, "Share of requests that is mirrored there, 0 to 1.",
            destinations.map { Sample([label($0)], $0.sampleRatio) })
        family(
            "queue_limit", .gauge, "Copies that may wait for it.",
            destinations.map { Sample([label($0)], $0.queueLimit) })
        for (family, members) in Self.families(of: Counter.copies + Counter.mirror) {
            let samples = destinations.flatMap { destination in
                family.label.map { name in
                    members.map {
                        Sample([label(destination), (name, $0.label)], destination.snapshot[$0.counter])
                    }
                } ?? [Sample([label(destination)], destination.snapshot.sum(members.map(\.counter)))]
            }
            self.family(family.name, family.kind, family.help, samples)
        }
        family(
            "last_success_timestamp_seconds", .gauge, "When it last answered; 0 for never.",
            destinations.map { Sample([label($0)], $0.snapshot.lastSuccess) })
        histogram(
            "queue_duration_seconds", "From a copy's arrival to the start of its transfer.",
            destinations.map { ([label($0)], $0.snapshot.queueDurations) })
        histogram(
            "request_duration_seconds", "From the start of a transfer to its end.",
            destinations.map { ([label($0)], $0.snapshot.requestDurations) })
    }

    /// The families of `rows`, in their order.
    private static func families(of rows: [Counter.Row]) -> [(MetricFamily, [Counter.Row])] {
        var (families, rest): ([(MetricFamily, [Counter.Row])], _) = (
            [], rows.filter { $0.family != nil }[...]
        )
        while let family = rest.first?.family {
            let members = rest.prefix { $0.family == family }
            rest = rest.dropFirst(members.count)
            families.append((family, Array(members)))
        }
        return families
    }

    /// The families of `rows`, in their order.
    fileprivate mutating func add(_ rows: [Counter.Row], of snapshot: Snapshot) {
        for (family, members) in Self.families(of: rows) {
            let samples = family.label.map { label in
                members.map { Sample([(label, $0.label)], snapshot[$0.counter]) }
            }
            self.family(
                family.name, family.kind, family.help,
                samples ?? [.init([], snapshot.sum(members.map(\.counter)))])
        }
    }
}
