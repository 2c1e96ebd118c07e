/// All metrics of the agent in Prometheus' text format: those of a snapshot, and what is beside it.
///
/// Every series is there from the start, at 0. The destination is never a label: it may change, and may be a secret.
package struct MetricsReport {
    /// What the agent knows beside its counters.
    package struct State: Sendable {
        package var version: String
        package var libcurl: String
        package var libev: String
        package var isEnabled: Bool
        /// 0 to 1.
        package var sampleRatio: Double
        /// Seconds since 1970.
        package var lastChange: Int
        /// Copies that may wait.
        package var queueLimit: Int
        package var process: ProcessFigures

        package init(
            version: String, libcurl: String, libev: String, isEnabled: Bool, sampleRatio: Double,
            lastChange: Int, queueLimit: Int, process: ProcessFigures
        ) {
            self.version = version
            self.libcurl = libcurl
            self.libev = libev
            self.isEnabled = isEnabled
            self.sampleRatio = sampleRatio
            self.lastChange = lastChange
            self.queueLimit = queueLimit
            self.process = process
        }
    }

    private var output = PrometheusText()
    private let snapshot: Snapshot

    /// The whole text.
    package static func text(_ snapshot: Snapshot, _ state: State) -> String {
        var report = MetricsReport(snapshot: snapshot)
        report.addState(state)
        report.addSPOP()
        report.addRequests()
        report.addMirror(state)
        report.counter("admin_commands_total", "Commands taken on the admin sockets.", .adminCommands)
        report.counter("admin_errors_total", "Commands that were refused or failed.", .adminErrors)
        state.process.add(to: &report.output)
        return report.output.text
    }

    private init(snapshot: Snapshot) { self.snapshot = snapshot }

    private mutating func addState(_ state: State) {
        output.family(
            name("build_info"), .gauge, "Versions in use; the value is always 1.",
            [
                .init(
                    [("version", state.version), ("libcurl", state.libcurl), ("libev", state.libev)], 1)
            ])
        output.family(
            name("enabled"), .gauge, "1 while requests are mirrored, 0 while mirroring is paused.",
            state.isEnabled ? 1 : 0)
        output.family(
            name("sample_ratio"), .gauge, "Share of requests that is mirrored, 0 to 1.", state.sampleRatio)
        output.family(
            name("config_last_change_timestamp_seconds"), .gauge,
            "When a setting was last changed, or the agent started.", state.lastChange)
    }

    private mutating func addSPOP() {
        counter("spop_connections_total", "Connections from HAProxy.", .connectionsOpened)
        counter(
            "spop_connections_refused_total", "Connections past max-connections.", .connectionsRefused)
        gauge("spop_current_connections", "Connections from HAProxy past HELLO.", .applets)
        gauge("spop_idle_connections", "Those of them with nothing under way.", .idle)
        labelled(
            "spop_frames_total", "SPOP frames, both ways.", "type",
            [
                ("haproxy_hello", .helloFrames), ("notify", .notifyFrames), ("unset", .continuationFrames),
                ("haproxy_disconnect", .disconnectFrames), ("other", .otherFrames),
                ("agent_hello", .agentHellos), ("ack", .acks), ("agent_disconnect", .agentDisconnects),
            ])
        labelled(
            "spop_errors_total", "Connections that ended in an error, by SPOP status code.", "code",
            Counter.spopErrors.map { ("\($0.code)", $0.counter) })
        counter("spop_events_processed_total", "NOTIFYs acknowledged.", .processed)
        counter("spop_event_errors_total", "NOTIFYs that ended in an error.", .errors)
        counter(
            "spop_unknown_messages_total", "Messages of another name than is mirrored.", .unknownMessages)
        output.family(
            name("acks_pending"), .gauge, "NOTIFYs not acknowledged, and ACKs not written.",
            snapshot.sum([.waiting, .sending]))
        output.histogram(
            name("ack_duration_seconds"),
            "From the read that brought a NOTIFY to the write that took its ACK.",
            snapshot.ackDurations)
    }

    private mutating func addRequests() {
        counter("requests_received_total", "Requests that HAProxy sent.", .received)
        labelled(
            "requests_skipped_total", "Requests that were not wanted, by reason.", "reason",
            reasons(Counter.skipped, "skipped_"))
        labelled(
            "requests_dropped_total", "Copies that were wanted and not sent, by reason.", "reason",
            reasons(Counter.dropped, "dropped_"))
        counter("requests_completed_total", "Copies that came to an answer or a failure.", .completed)
        labelled(
            "requests_failed_total", "Copies that the mirror did not answer, by reason.", "reason",
            reasons(Counter.failed, "failed_"))
        counter(
            "requests_resent_total", "Copies sent once more, which the mirror may have got twice.", .resent)
        labelled(
            "http_responses_total", "Answers of the mirror, by class of status code.", "code",
            reasons(Counter.responses, "responses_"))
        gauge("current_requests", "Copies under way to the mirror.", .inFlight)
    }

    private mutating func addMirror(_ state: State) {
        gauge("current_queue", "Copies that wait.", .queued)
        gauge(
            "queue_bytes", "Memory held for copies, waiting or under way, and for payloads not whole yet.",
            .queuedBytes)
        output.family(name("queue_limit"), .gauge, "Copies that may wait.", state.queueLimit)
        output.histogram(
            name("queue_duration_seconds"), "From a copy's arrival to the start of its transfer.",
            snapshot.queueDurations)
        output.histogram(
            name("request_duration_seconds"), "From the start of a transfer to its end.",
            snapshot.requestDurations)
        counter("sent_bytes_total", "Bytes of requests sent to the mirror.", .bytesSent)
        counter("received_bytes_total", "Bytes of answers read from the mirror.", .bytesReceived)
        counter("mirror_connections_total", "Connections made to the mirror.", .mirrorConnections)
        counter(
            "mirror_cut_offs_total",
            "Times that all connections to the mirror were cut for the processor time they took.",
            .mirrorCutOffs)
        counter(
            "mirror_ambiguous_total",
            "Connections to the mirror ended because what came on them could be for another copy.",
            .mirrorAmbiguous)
        output.family(
            name("last_success_timestamp_seconds"), .gauge, "When the mirror last answered; 0 for never.",
            snapshot.lastSuccess)
    }

    // MARK: one family

    private func name(_ suffix: String) -> String { "spoa_mirror_\(suffix)" }

    private mutating func counter(_ suffix: String, _ help: String, _ counter: Counter) {
        output.family(name(suffix), .counter, help, snapshot[counter])
    }

    private mutating func gauge(_ suffix: String, _ help: String, _ counter: Counter) {
        output.family(name(suffix), .gauge, help, snapshot[counter])
    }

    private mutating func labelled(
        _ suffix: String, _ help: String, _ label: String, _ series: [(String, Counter)]
    ) {
        output.family(
            name(suffix), .counter, help, series.map { .init([(label, $0.0)], snapshot[$0.1]) })
    }

    /// The counters' names without what they share: `dropped_queue_full` is the reason `queue_full`.
    private func reasons(_ counters: [Counter], _ prefix: String) -> [(String, Counter)] {
        counters.map { (String($0.name.dropFirst(prefix.count)), $0) }
    }
}
