import Foundation
import Testing

extension EndToEnd {
    /// Prometheus, the real one, knows what the agent's own counters say.
    @Suite("Prometheus")
    struct PrometheusTests {
        private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("examples")

        private let directory: TemporaryDirectory
        private let mirror: RecordingMirror
        private let agent: WatchedAgent
        private let metrics: Endpoint

        init() throws {
            mirror = try RecordingMirror { request in
                request.target == "/missing" ? .response(status: "404 Not Found", body: "") : .ok
            }
            (agent, metrics) = try WatchedAgent.withMetrics(of: mirror, ["--methods", "GET"])
            directory = agent.directory
        }

        private func prometheus() throws -> PrometheusServer {
            guard case .tcp(let host, let port) = metrics else { throw HarnessError("not TCP") }
            let rules = Self.examples.appendingPathComponent("prometheus/spoa-mirror.rules.yml").path
            return try PrometheusServer(scraping: "\(host):\(port)", rules: rules, in: directory)
        }

        /// Sends copies over several connections at once: some for an answer, some not found, some of a method that is
        /// not mirrored.
        private func sendTraffic(connections: Int, each count: Int) throws {
            let endpoint = agent.endpoint
            _ = try concurrently(connections) { _ in
                let client = try SPOPClient(endpoint)
                for number in 0..<count {
                    try client.notify(
                        .init(
                            method: number % 5 == 0 ? "POST" : "GET",
                            target: number % 7 == 0 ? "/missing" : "/"))
                }
            }
        }

        @Test("answers with the numbers that the agent's own counters have")
        func agrees() throws {
            let prometheus = try prometheus()
            try eventually("the first scrape") { try prometheus.query("up == 1").count == 1 }
            try sendTraffic(connections: 4, each: 350)
            let account = try agent.account(of: 1400)
            #expect(account["skipped_method"] == 280)
            #expect(account["responses_4xx"] == 160)
            for (query, counter) in [
                ("spoa_mirror_requests_received_total", "received"),
                ("spoa_mirror_requests_completed_total", "completed"),
                ("spoa_mirror_requests_skipped_total{reason=\"method\"}", "skipped_method"),
                ("spoa_mirror_http_responses_total{code=\"2xx\"}", "responses_2xx"),
                ("spoa_mirror_http_responses_total{code=\"4xx\"}", "responses_4xx"),
                ("spoa_mirror_request_duration_seconds_count", "completed"),
                ("spoa_mirror_request_duration_seconds_bucket{le=\"+Inf\"}", "completed"),
                ("sum(spoa_mirror_requests_dropped_total)", "dropped"),
            ] {
                let expected = Double(account[counter] ?? 0)
                var last: [Double] = []
                try eventually("\(query) is \(expected)", evidence: { "last seen: \(last)" }) {
                    last = try prometheus.query(query).map(\.value)
                    return last == [expected]
                }
            }
        }

        @Test("has data for every panel of the dashboard, and evaluates every alert")
        func showsEverything() throws {
            let prometheus = try prometheus()
            try sendTraffic(connections: 2, each: 20)
            let queries = try Self.panelQueries()
            #expect(queries.count >= 40)
            for query in queries {
                try eventually("data for \(query)") { try !prometheus.query(query).isEmpty }
            }
            try eventually("all alerts are evaluated") {
                let health = try prometheus.ruleHealth()
                return health.count >= 4 && health.values.allSatisfy { $0 == "ok" }
            }
            #expect(try prometheus.query("ALERTS").isEmpty)
        }

        @Test("would raise an alert for a pause, an unreachable mirror and an agent that is gone")
        func alerts() throws {
            let prometheus = try prometheus()
            func pending(_ alert: String) throws {
                try eventually("\(alert) is pending") {
                    try !prometheus.query("ALERTS{alertname=\"\(alert)\",alertstate=\"pending\"}").isEmpty
                }
            }
            mirror.stop()
            try eventually("the first scrape") { try prometheus.query("up == 1").count == 1 }
            // One at a time tries an unreachable mirror: more of them fail as time goes by, between two scrapes.
            try sendTraffic(connections: 1, each: 500)
            try pending("SpoaMirrorUnreachable")
            #expect(try agent.ask("pause") == "Mirroring paused until the agent restarts.\n\n")
            try pending("SpoaMirrorPausedForLong")
            agent.process.kill()
            try pending("SpoaMirrorGone")
        }

        private static func panelQueries() throws -> [String] {
            let file = examples.appendingPathComponent("grafana/spoa-mirror.json")
            let dashboard = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            let panels = dashboard?["panels"] as? [[String: Any]] ?? []
            let targets = panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }
            return targets.compactMap { $0["expr"] as? String }.map {
                $0.replacing("$__rate_interval", with: "1m").replacing("$job", with: "spoa-mirror")
                    .replacing("$instance", with: ".*")
            }
        }
    }
}
