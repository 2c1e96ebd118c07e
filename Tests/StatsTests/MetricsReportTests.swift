import Stats
import Testing

@Suite("Metrics")
struct MetricsReportTests {
    private static func text(_ snapshot: Snapshot) -> String {
        MetricsReport.text(
            snapshot, version: "1", libcurl: "a\"b\\c", libev: "4", state: .mirroring,
            breaker: .init(state: .open, reason: .failures, since: 0, changedAt: 6),
            isEnabled: true,
            sampleRatio: 0.125,
            lastChange: 7, queueLimit: 9,
            destinations: [
                .init(
                    name: "ids", snapshot, state: .idle,
                    breaker: .init(state: .closed, reason: nil, since: 0, changedAt: 6), isEnabled: false,
                    sampleRatio: 0.5, queueLimit: 3)
            ])
    }

    /// Samples by name and labels.
    private static func samples(_ text: String) -> [String: Double] {
        Dictionary(
            text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
                guard let blank = line.lastIndex(of: " ") else { return nil }
                return (String(line[..<blank]), Double(line[line.index(after: blank)...]) ?? .nan)
            }
        ) { _, _ in .nan }
    }

    @Test func everySeriesIsThereFromTheStart() {
        let samples = Self.samples(Self.text(Snapshot([ThreadBank()])))
        #expect(samples.values.allSatisfy { !$0.isNaN }, "each series once, each with a number")
        for name in [
            "spoa_mirror_requests_skipped_total{reason=\"paused\"}",
            "spoa_mirror_requests_dropped_total{reason=\"queue_full\"}",
            "spoa_mirror_requests_failed_total{reason=\"dns\"}",
            "spoa_mirror_http_responses_total{code=\"5xx\"}",
            "spoa_mirror_spop_errors_total{code=\"99\"}", "spoa_mirror_spop_frames_total{type=\"ack\"}",
            "spoa_mirror_ack_duration_seconds_count", "spoa_mirror_last_success_timestamp_seconds",
        ] { #expect(samples[name] == 0, "\(name)") }
        #expect(samples["spoa_mirror_build_info{version=\"1\",libcurl=\"a\\\"b\\\\c\",libev=\"4\"}"] == 1)
        #expect(samples["spoa_mirror_sample_ratio"] == 0.125)
        #expect((samples["process_resident_memory_bytes"] ?? 0) > 1_000_000)
        #expect((samples["process_open_fds"] ?? 0) > 2)
        #expect((samples["process_start_time_seconds"] ?? 0) > 1_600_000_000)
    }

    @Test func countersAndHistogramsSayWhatWasCounted() {
        let copies = CopyBank()
        let bank = ThreadBank(copies: [copies])
        bank.counters.add(to: .received)
        copies.counters(leads: true).add(2, to: .received)
        copies.counters(leads: true).add(2, to: .droppedQueueFull)
        copies.noteSuccess(at: 42)
        copies.requestDurations.record(seconds: 0.001, count: 2)
        copies.requestDurations.record(seconds: 100)
        #expect(bank.value(of: .received) == 3)
        let samples = Self.samples(Self.text(Snapshot([bank])))
        #expect(samples["spoa_mirror_requests_received_total"] == 3)
        #expect(samples["spoa_mirror_requests_dropped_total{reason=\"queue_full\"}"] == 2)
        #expect(samples["spoa_mirror_last_success_timestamp_seconds"] == 42)
        let name = "spoa_mirror_request_duration_seconds"
        #expect(samples["\(name)_bucket{le=\"0.000256\"}"] == 0)
        #expect(samples["\(name)_bucket{le=\"0.001024\"}"] == 2)
        #expect(samples["\(name)_bucket{le=\"67.108864\"}"] == 2)
        #expect(samples["\(name)_bucket{le=\"+Inf\"}"] == 3)
        #expect(samples["\(name)_count"] == 3)
        #expect(abs((samples["\(name)_sum"] ?? 0) - 100.002) < 0.0001)
    }
}
