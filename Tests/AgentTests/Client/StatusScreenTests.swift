import AdminSocket
import Testing

@testable import mirrorctl

@Suite("The status screen")
struct StatusScreenTests {
    private static let big = "123456789012"

    private static func info(_ state: String, _ reason: String = "", _ more: [String] = []) -> [String] {
        [
            "Name: spoa-mirror", "Version: 10.20.30", "Pid: 4194304", "Uptime_sec: 864000", "Workers: 64",
            "Destination: http://a-rather-long-name-of-a-staging-mirror.example.com:8080/with/a/path/in/it/",
            "State: \(state)", "State_since_sec: 192", "State_reason: \(reason)", "Sample_rate: 12.345%",
        ] + more
    }

    private static func stat(_ value: String, age: String = "0.0") -> [String] {
        let counters =
            [
                "received", "completed", "in_flight", "queued", "resent", "applets", "idle", "processed",
                "errors",
            ]
            + ["paused", "sampled", "method", "loop"].map { "skipped_\($0)" }
            + ["queue_full", "expired", "too_large", "truncated"].map { "dropped_\($0)" }
            + ["dns", "connect", "tls", "timeout"].map { "failed_\($0)" }
            + ["1xx", "2xx", "3xx", "4xx", "5xx"].map { "responses_\($0)" }
        let durations = ["ack", "queue", "request"].flatMap { kind in
            ["count", "p50_us", "p90_us", "p99_us"].map { "\(kind)_duration_busy_\($0): \(value)" }
                + ["\(kind)_duration_busy_age_sec: \(age)"]
        }
        return counters.map { "\($0): \(value)" } + durations + [
            "rate_interval_sec: 5.0", "duration_interval_sec: 5.0", "busy_received_per_sec: 12345.6",
            "busy_completed_per_sec: 2.5", "busy_failed_per_sec: 1.0", "busy_age_sec: \(age)",
        ]
    }

    private static let states = [
        info("mirroring"), info("idle", "no requests since the start"),
        info(
            "unreachable", "no connection (Connection refused)",
            [
                "Last_answer_age_sec: 7200", "Breaker: open", "Breaker_reason: unreachable",
                "Breaker_since_sec: 3600",
            ]),
        info("unreachable", "no connection", ["Last_answer_age_sec: never"]),
        info(
            "degraded",
            "37.5% of copies lost in the last 1m, 120 of 320, mostly failed_timeout (Operation timed out after 10001 ms)"
        ),
        info("paused", "until 2026-11-28T00:52:36Z", ["Pause_left_sec: 543"]), info("paused"),
        info("stopping"), [],
    ]

    @Test("no line is longer than the terminal is wide", arguments: [40, 60, 79, 80, 120], states)
    func fits(_ width: Int, _ info: [String]) {
        for stat in [
            Self.stat("0"), Self.stat(Self.big, age: "864000.5"), Self.stat("9999999", age: "12.0"), [],
        ] {
            let screen = StatusScreen(info: info, stat: stat)
            let text = screen.text(isColoured: false, width: width)
            for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
            let coloured = screen.text(isColoured: true, width: width)
            #expect(coloured.replacing(/\u{1B}\[[0-9]+m/, with: "") == text)
        }
    }

    @Test("the first line tells the state and why")
    func firstLine() {
        let lines = Self.states.map { info in
            StatusScreen(info: info, stat: []).text(isColoured: false, width: 200).prefix { $0 != "\n" }
        }
        #expect(
            lines == [
                "spoa-mirror 10.20.30  MIRRORING",
                "spoa-mirror 10.20.30  IDLE for 3 min 12 s: no requests since the start",
                "spoa-mirror 10.20.30  UNREACHABLE for 3 min 12 s: no connection (Connection refused), last answer 2 h ago",
                "spoa-mirror 10.20.30  UNREACHABLE for 3 min 12 s: no connection, no answer so far",
                """
                spoa-mirror 10.20.30  DEGRADED for 3 min 12 s: 37.5% of copies lost in the last 1m, 120 of 320, mostly \
                failed_timeout (Operation timed out after 10001 ms)
                """,
                "spoa-mirror 10.20.30  PAUSED for another 9 min 3 s",
                "spoa-mirror 10.20.30  PAUSED for 3 min 12 s",
                "spoa-mirror 10.20.30  STOPPING for 3 min 12 s", "spoa-mirror   UNKNOWN",
            ])
    }

    @Test(
        "the state has its colour",
        arguments: [("mirroring", "32"), ("unreachable", "31"), ("degraded", "33"), ("paused", "33")])
    func colours(_ state: String, _ colour: String) {
        let text = StatusScreen(info: Self.info(state), stat: []).text(isColoured: true, width: 80)
        #expect(text.contains("\u{1B}[\(colour)m  \(state.uppercased())"))
    }

    @Test("what is for a time, and what is left of it")
    func temporary() {
        func text(_ items: String, _ width: Int) -> String {
            StatusScreen(info: Self.info("mirroring", "", ["Temporary: \(items)"]), stat: [])
                .text(isColoured: false, width: width)
        }
        #expect(!text("none", 80).contains("temporary"))
        #expect(
            text("sample-rate 552s, timeout 30s", 80).contains(
                "\n  temporary    sample-rate 9 min 12 s, timeout 30 s left\n"))
        let many = SettingName.allCases.map { "\($0.rawValue) 86399s" }.joined(separator: ", ")
        for width in [40, 80] {
            let many = text(many, width)
            #expect(many.contains("temporary    url 23 h 59 min,") && many.contains(" left\n"), "\(many)")
            #expect(many.split(separator: "\n").allSatisfy { $0.count <= width }, "\(many)")
        }
    }

    @Test("on 40 columns")
    func narrow() {
        let screen = StatusScreen(info: Self.states[2], stat: Self.stat("1234", age: "12.0"))
        let text = screen.text(isColoured: false, width: 40)
        #expect(
            text.hasPrefix(
                """
                spoa-mirror 10.20.30  UNREACHABLE for
                  3 min 12 s: no connection (Connection
                  refused), last answer 2 h ago
                  destination  http://a-rather-long-name

                """))
        #expect(
            text.contains(
                """
                  latency        p50       p90       p99
                  ack        1.23 ms   1.23 ms   1.23 ms
                            12 s ago

                """))
    }

    @Test("what was last there has its age; what is there has none")
    func ages() {
        func text(_ age: String) -> String {
            StatusScreen(info: [], stat: Self.stat("1234", age: age)).text(isColoured: false, width: 80)
        }
        #expect(text("12.0").contains("ack         1.23 ms    1.23 ms    1.23 ms   12 s ago\n"))
        #expect(text("12.0").contains("requests       12345.6/s 12 s ago   1,234 received\n"))
        #expect(text("3.0").contains("ack         1.23 ms    1.23 ms    1.23 ms\n"))
        #expect(text("3.0").contains("requests       12345.6/s   1,234 received\n"))
    }

    @Test("before the first interval is over, latencies are those since the start")
    func early() {
        let stat = ["count", "p50_us", "p90_us", "p99_us"].map { "ack_duration_\($0): 50" }
        let text = StatusScreen(info: [], stat: stat).text(isColoured: false, width: 80)
        #expect(text.contains("ack         0.05 ms    0.05 ms    0.05 ms   since the start\n"))
        #expect(text.contains("queue             -          -          -\n"))
    }
}
