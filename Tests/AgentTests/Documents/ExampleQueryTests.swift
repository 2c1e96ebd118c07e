import Foundation
import Testing

/// The Grafana dashboard and the alerts ask for metrics that there are.
@Suite("Examples for Prometheus and Grafana")
struct ExampleQueryTests {
    /// What Prometheus adds to every series that it scrapes.
    private static let added: Set<String> = ["job", "instance"]

    private let series: [String: Set<String>]

    init() throws {
        series = try MetricsText().series.merging(["up": []]) { $1 }
    }

    private func check(_ query: Queries.Query) {
        let names = QueryNames(query.text)
        #expect(!names.selectors.isEmpty, "\(query)")
        for selector in names.selectors {
            guard let labels = series[selector.series] else {
                Issue.record("no metric \(selector.series): \(query)")
                continue
            }
            for label in selector.labels where !Self.added.contains(label) {
                #expect(labels.contains(label), "\(selector.series) has no label \(label): \(query)")
            }
        }
        let labels = names.selectors.reduce(into: Self.added) { $0.formUnion(series[$1.series] ?? []) }
        for label in names.groupings { #expect(labels.contains(label), "no label \(label): \(query)") }
    }

    @Test func dashboardAsksForWhatThereIs() throws {
        let queries = try Queries.ofDashboard()
        #expect(queries.count > 40)
        for query in queries {
            check(query)
            #expect(!query.text.contains("$"), "a variable that is not filled in: \(query)")
        }
    }

    @Test func legendsNameLabelsThatAreLeft() throws {
        for panel in try panels() {
            for target in panel["targets"] as? [[String: Any]] ?? [] {
                let query = try #require(target["expr"] as? String)
                let names = QueryNames(query)
                // Without an aggregation, what Prometheus adds is left.
                let left = Set(names.groupings).union(query.hasPrefix("sum") ? [] : Self.added)
                for match in (target["legendFormat"] as? String ?? "").matches(of: /\{\{(\w+)\}\}/) {
                    #expect(left.contains(String(match.1)), "legend of \(query)")
                }
            }
        }
    }

    @Test func variablesAskForWhatThereIs() throws {
        let variables = try #require(
            ((Queries.dashboard() as? [String: Any])?["templating"] as? [String: Any])?["list"]
                as? [[String: Any]])
        #expect(variables.compactMap { $0["name"] as? String } == ["datasource", "job", "instance"])
        for variable in variables.dropFirst() {
            let definition = try #require(variable["definition"] as? String)
            let match = try #require(definition.wholeMatch(of: /label_values\((.*), (\w+)\)/))
            check(.init(place: "variable", text: String(match.1)))
            #expect(Self.added.contains(String(match.2)))
        }
    }

    @Test func dashboardBelongsToNoInstance() throws {
        let dashboard = try #require(Queries.dashboard() as? [String: Any])
        #expect(dashboard["id"] == nil)
        #expect(dashboard["uid"] == nil)
        let sources = Queries.strings("uid", in: dashboard)
        #expect(sources.count > 40)
        for (place, uid) in sources { #expect(uid == "${datasource}", "\(place)") }
        let identifiers = try panels().compactMap { $0["id"] as? Int }
        #expect(Set(identifiers).count == identifiers.count)
    }

    @Test func alertsAskForWhatThereIs() throws {
        let queries = try Queries.ofRules()
        #expect(queries.count >= 4)
        for query in queries { check(query) }
    }

    @Test func promtoolTakesConfigurationAndRules() throws {
        let directory = Documents.root.appendingPathComponent("examples/prometheus")
        for arguments in [["config", "spoa-mirror.yml"], ["rules", "spoa-mirror.rules.yml"]] {
            let run = try Program("promtool", "check", arguments[0], arguments[1], in: directory)
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.contains("SUCCESS"))
        }
    }

    /// As rules, which is how promtool takes a lone query.
    @Test func promtoolTakesTheQueriesOfTheDashboard() throws {
        let queries = try Queries.ofDashboard()
        let rules = queries.enumerated().map { "  - record: query:\($0)\n    expr: '\($1.text)'\n" }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("groups:\n- name: dashboard\n  rules:\n\(rules.joined())".utf8).write(to: file)
        let run = try Program("promtool", "check", "rules", file.path)
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("\(queries.count) rules found"), "\(run.output)")
    }

    @Test func namesAreFoundInQueries() {
        let names = QueryNames(
            #"sum by (le, job) (rate(a_bucket{x=~"y|z{",w!="1"}[5m])) > 0 unless on (k) up{job="up"} - time()"#
        )
        #expect(names.selectors.map(\.series) == ["a_bucket", "up"])
        #expect(names.selectors.map(\.labels) == [["x", "w"], ["job"]])
        #expect(names.groupings == ["le", "job", "k"])
    }

    private func panels() throws -> [[String: Any]] {
        try #require((Queries.dashboard() as? [String: Any])?["panels"] as? [[String: Any]])
    }
}
