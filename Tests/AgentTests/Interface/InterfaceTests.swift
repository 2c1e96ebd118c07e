import Foundation
import Stats
import Testing

@testable import Agent

/// Every name that scripts, dashboards and alerts may ask for is one of `names.txt`, in this order.
@Suite("Names of the interface")
struct InterfaceTests {
    private static let file = "Tests/AgentTests/Interface/names.txt"

    @Test func noNameChanges() throws {
        let names = try Self.reports() + Self.metrics()
        let expected = try Documents.text(Self.file).split(separator: "\n").map(String.init)
        let (gone, new) = (Set(expected).subtracting(names), Set(names).subtracting(expected))
        #expect(gone.isEmpty, "no longer there, and somebody may ask for it: \(gone.sorted())")
        #expect(new.isEmpty, "add it to \(Self.file) and to the manual: \(new.sorted())")
        #expect(!gone.isEmpty || !new.isEmpty || names == expected, "not in the order of \(Self.file)")
    }

    // MARK: names

    private static func reports() throws -> [String] {
        let configuration = try Options.parse(["-u", "http://h/", "--state-file", "/state"]).configuration()
        let loop = try EventLoop(backend: nil)
        let settings = SettingsController(configuration, loop: loop) { _ in }
        settings.pause(for: .seconds(60))
        _ = try settings.set(.url, to: "http://i/", for: .seconds(60))
        let agent = RunningAgent(
            configuration: configuration, loop: loop, settings: settings,
            statistics: Statistics([], loop: loop),
            states: StateWatches([Destination(settings.settings.destination, workers: 1)]) {
                StateWatch(
                    $0, pausedUntil: { nil }, failures: [], loop: loop, logger: .init(label: "test"))
            },
            counters: CounterBank(), workers: [], changes: ChangeLog(loop: loop, logger: .init(label: "test"))
        )
        let failure = RecentFailures.Failure(
            time: 0, id: 1, method: [], target: [], reason: "failed_dns", detail: "")
        let connection = ConnectionDescription(
            peer: "a", worker: 0, engineId: "", capabilities: [], maxFrameSize: 0, bufferSize: 0, frames: 0,
            ageSec: 0, state: "open")
        let reports: [(String, Report)] = [
            ("info", .info(agent, level: .admin)), ("stat", .stat(agent.statistics)),
            ("destinations", .destinations(agent)), ("settings", .settings(settings)),
            ("errors", .errors([failure])), ("connections", .connections([connection])),
        ]
        return try reports.flatMap { name, report in
            let json = try JSONSerialization.jsonObject(with: Data(report.json.text.utf8))
            return report.lines.flatMap { line in words(line).map { "show \(name): \($0)" } }
                + keys(json).map { "show \(name) json: \($0)" }
        }
    }

    /// What the text of a report names: `name: value`, or `name=value name=value`.
    private static func words(_ line: String) -> [String] {
        if let match = line.prefixMatch(of: #/([A-Za-z0-9_-]+): /#) { return [String(match.1)] }
        return line.matches(of: #/([a-z_]+)=/#).map { String($0.1) }
    }

    /// The paths of a value's keys: `errors[].time`.
    private static func keys(_ value: Any, _ path: String = "") -> [String] {
        switch value {
        case let object as [String: Any]:
            object.sorted { $0.key < $1.key }.flatMap { keys($1, path.isEmpty ? $0 : "\(path).\($0)") }
        case let array as [Any] where array.first is [String: Any]: keys(array[0], "\(path)[]")
        default: [path]
        }
    }

    private static func metrics() -> [String] {
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
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE ") { return "metrics: \(words[3]) \(words[2])" }
            return line.contains("{") ? "metrics: \(words[0])" : nil
        }
    }
}
