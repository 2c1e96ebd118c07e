import Foundation

/// What `show destinations json` tells of one.
struct DestinationFigures {
    let values: [String: Any]

    subscript(_ name: String) -> Int { values[name] as? Int ?? -1 }
    func text(_ name: String) -> String { values[name] as? String ?? "-" }

    /// Whether each request that it was asked about is accounted for.
    var isBalanced: Bool {
        self["received"] == self["skipped"] + self["dropped"] + self["completed"] + self["queued"]
            + self["in_flight"]
    }
}

/// An agent with two destinations, each a server of its own.
final class DestinationsStage {
    let first: RecordingMirror
    let second: RecordingMirror
    let agent: WatchedAgent

    init(
        _ options: [String] = [], second settings: String = "", in directory: TemporaryDirectory? = nil,
        first firstScript: @escaping RecordingMirror.Script = RecordingMirror.normal,
        second secondScript: @escaping RecordingMirror.Script = RecordingMirror.normal
    ) throws {
        first = try RecordingMirror(firstScript)
        second = try RecordingMirror(secondScript)
        agent = try WatchedAgent(
            mirrorURL: "http://127.0.0.1:\(first.port)/",
            ["--destination", "ids=http://127.0.0.1:\(second.port)/ids\(settings)"] + options,
            in: try directory ?? TemporaryDirectory())
    }

    /// By their names.
    func figures() throws -> [String: DestinationFigures] { try Self.figures(agent) }

    static func figures(_ agent: WatchedAgent) throws -> [String: DestinationFigures] {
        let answer = try agent.ask("show destinations json")
        let json = try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any]
        let list = json?["destinations"] as? [[String: Any]] ?? []
        return Dictionary(list.map { ($0["name"] as? String ?? "", DestinationFigures(values: $0)) }) { $1 }
    }

    /// Waits until all requests, `count` of them, have come to their end, and returns the books.
    func settle(_ count: Int) throws -> [String: DestinationFigures] {
        var last: [String: DestinationFigures] = [:]
        return try eventually(
            "\(count) requests come to their end",
            evidence: { "\(last.mapValues(\.values))\n\(self.agent.process.log)" }
        ) {
            last = try figures()
            let counters = try agent.counters()
            let isQuiet = last.values.allSatisfy { $0["queued"] == 0 && $0["in_flight"] == 0 }
            return counters["received"] >= count && counters.isSettled && isQuiet ? last : nil
        }
    }
}
