import Foundation

/// A real Prometheus that scrapes one agent each second.
final class PrometheusServer {
    private let endpoint: Endpoint
    private let process: ChildProcess

    /// One series of an answer, at the moment of the query.
    struct Sample {
        let labels: [String: String]
        let value: Double
    }

    /// Starts it, with the alerts of `rules`, and waits until it answers.
    init(scraping address: String, rules: String, in directory: TemporaryDirectory) throws {
        let configuration = try directory.write(
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ['\(rules)']
            scrape_configs:
              - job_name: spoa-mirror
                static_configs: [{targets: ['\(address)']}]
            """, to: "prometheus.yml")
        let port = try Ports.free()
        endpoint = .loopback(port)
        process = try ChildProcess(
            try Executables.find("prometheus"),
            [
                "--config.file=\(configuration)", "--storage.tsdb.path=\(directory.file("prometheus"))",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=warn",
            ], outputFile: directory.file("prometheus.out"), errorFile: directory.file("prometheus.err"))
        try eventually("Prometheus is ready", evidence: { process.errors }) {
            if let exit = process.poll() {
                throw HarnessError("Prometheus ended, \(exit): \(process.errors)")
            }
            return (try? HTTPExchange(endpoint, "GET /-/ready HTTP/1.0\r\n\r\n"))?.status == 200
        }
    }

    /// The answer to a query in PromQL.
    func query(_ query: String) throws -> [Sample] {
        let result = try data("query?query=\(Self.encoded(query))")["result"] as? [[String: Any]] ?? []
        return result.compactMap { sample in
            guard let labels = sample["metric"] as? [String: String],
                let value = (sample["value"] as? [Any])?.last as? String
            else { return nil }
            return Double(value).map { Sample(labels: labels, value: $0) }
        }
    }

    /// The rules, each with whether Prometheus could evaluate it: `ok`, `err` or, before the first time, `unknown`.
    func ruleHealth() throws -> [String: String] {
        let groups = try data("rules")["groups"] as? [[String: Any]] ?? []
        let rules = groups.flatMap { $0["rules"] as? [[String: Any]] ?? [] }
        let pairs = rules.compactMap { rule -> (String, String)? in
            guard let name = rule["name"] as? String, let health = rule["health"] as? String else {
                return nil
            }
            return (name, health)
        }
        return Dictionary(pairs) { $1 }
    }

    /// What of its HTTP API answers, under `data`.
    private func data(_ path: String) throws -> [String: Any] {
        let exchange = try HTTPExchange(endpoint, "GET /api/v1/\(path) HTTP/1.0\r\n\r\n")
        let answer = try JSONSerialization.jsonObject(with: Data(exchange.body)) as? [String: Any]
        guard answer?["status"] as? String == "success", let data = answer?["data"] as? [String: Any] else {
            throw HarnessError("\(path): \(String(decoding: exchange.body, as: UTF8.self))")
        }
        return data
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
            return isPlain
                ? String(UnicodeScalar(byte))
                : "%\(String(byte >> 4, radix: 16))\(String(byte & 15, radix: 16))"
        }.joined()
    }
}
