import Stats

/// The metrics that an agent has, with their labels, by the text that it gives to Prometheus.
struct MetricsText {
    /// The labels of each family, by its name.
    private(set) var families: [String: Set<String>] = [:]
    /// The labels of each series' name: a histogram has `_bucket`, `_sum` and `_count`.
    private(set) var series: [String: Set<String>] = [:]

    init() throws {
        let text = MetricsReport.text(
            Snapshot([]), version: "1", libcurl: "2", libev: "3", state: .mirroring,
            breaker: .init(state: .open, reason: .failures, since: 0, changedAt: 6),
            isEnabled: true,
            sampleRatio: 1,
            lastChange: 0,
            queueLimit: 1,
            destinations: [
                .init(
                    name: "default", .empty, state: .idle,
                    breaker: .init(state: .closed, reason: nil, since: 0, changedAt: 6), isEnabled: true,
                    sampleRatio: 1, queueLimit: 1)
            ])
        var family = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0] == "#" {
                family = String(words[2])
                families[family, default: []] = families[family] ?? []
                continue
            }
            let name = String(line.prefix { $0 != "{" && $0 != " " })
            let labels = try Self.labels(of: line)
            series[name, default: []].formUnion(labels)
            families[family]?.formUnion(labels)
        }
    }

    private static func labels(of line: Substring) throws -> [String] {
        line.matches(of: /[{,]([a-z_]+)="/).map { String($0.1) }
    }
}
