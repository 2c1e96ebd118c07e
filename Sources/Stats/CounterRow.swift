extension Counter {
    /// A counter as operators see it.
    struct Row: Sendable {
        let counter: Counter
        /// What `show stat`, the log and JSON call it.
        let name: String
        /// The metrics that it is one of; nil for none.
        let family: MetricFamily?
        /// The value of the family's label. A family without one is a single series, the sum of its counters.
        let label: String

        init(_ counter: Counter, _ name: String, _ family: MetricFamily? = nil, _ label: String = "") {
            (self.counter, self.name, self.family, self.label) = (counter, name, family, label)
        }

        /// One with a family of its own, of something that only rises.
        init(_ counter: Counter, _ name: String, total: String, _ help: String) {
            self.init(counter, name, MetricFamily(total, .counter, help))
        }

        /// One with a family of its own, of something that goes up and down.
        init(_ counter: Counter, _ name: String, gauge: String, _ help: String) {
            self.init(counter, name, MetricFamily(gauge, .gauge, help))
        }
    }

    /// By `rawValue`: each counter has one row.
    static let rows = (spop + copies + mirror + admin).sorted { $0.counter.rawValue < $1.counter.rawValue }

    /// The name operators see: `dropped_queue_full`.
    package var name: String { Self.rows[rawValue].name }

    /// What it is among those of its family: the reason `queue_full`.
    package var label: String { Self.rows[rawValue].label }

    package static let skipped = counters(of: .skipped)
    package static let dropped = counters(of: .dropped)
    package static let responses = counters(of: .responses)
    package static let failed = counters(of: .failed)

    private static func counters(of family: MetricFamily) -> [Counter] {
        rows.filter { $0.family == family }.map(\.counter)
    }

    /// Values that go up and down; all others only rise.
    package static let gauges = rows.filter { $0.family?.kind == .gauge }.map(\.counter)

    /// A request counts once in the totals: with the copy that leads. What is not of requests counts with each copy.
    var isOfRequests: Bool { Self.ofRequests[rawValue] }

    private static let ofRequests = allCases.map { counter in
        copies.contains { $0.counter == counter } && ![.queuedBytes, .resent].contains(counter)
    }

    /// The counter of a status code of SPOP; any that the protocol does not list counts as unknown.
    package static func spopError(_ code: UInt32) -> Counter {
        rows.first { $0.family == .spopErrors && $0.label == "\(code)" }?.counter ?? .spopUnknown
    }
}

/// A family of metrics that counters are shown in.
struct MetricFamily: Sendable, Equatable {
    /// Without the prefix that all have.
    let name: String
    let kind: PrometheusText.Kind
    let help: String
    /// What tells its counters apart; nil for a single series.
    let label: String?

    init(_ name: String, _ kind: PrometheusText.Kind, _ help: String, by label: String? = nil) {
        (self.name, self.kind, self.help, self.label) = (name, kind, help, label)
    }

    static let frames = MetricFamily("spop_frames_total", .counter, "SPOP frames, both ways.", by: "type")
    /// By the protocol's status code (SPOE.txt, section 3.5).
    static let spopErrors = MetricFamily(
        "spop_errors_total", .counter, "Connections that ended in an error, by SPOP status code.", by: "code")
    static let pendingAcks = MetricFamily(
        "acks_pending", .gauge, "NOTIFYs not acknowledged, and ACKs not written.")
    static let skipped = MetricFamily(
        "requests_skipped_total", .counter, "Requests that were not wanted, by reason.", by: "reason")
    static let dropped = MetricFamily(
        "requests_dropped_total", .counter, "Copies that were wanted and not sent, by reason.", by: "reason")
    static let failed = MetricFamily(
        "requests_failed_total", .counter, "Copies that the mirror did not answer, by reason.", by: "reason")
    static let responses = MetricFamily(
        "http_responses_total", .counter, "Answers of the mirror, by class of status code.", by: "code")
}
