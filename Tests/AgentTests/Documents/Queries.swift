import Foundation

/// The queries of the examples, each with where it stands.
enum Queries {
    struct Query: CustomStringConvertible, Sendable {
        let place: String
        let text: String

        var description: String { "\(place): \(text)" }
    }

    static func dashboard() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(Documents.text("examples/grafana/spoa-mirror.json").utf8))
    }

    /// Every expression of the dashboard, with Grafana's variables filled in: panels' and annotations'.
    static func ofDashboard() throws -> [Query] {
        strings("expr", in: try dashboard()).map { place, text in
            Query(
                place: place,
                text: text.replacing("$__rate_interval", with: "1m").replacing("$__interval", with: "1m")
                    .replacing("$job", with: "spoa-mirror").replacing("$instance", with: ".*"))
        }
    }

    /// The expressions of the alerts.
    static func ofRules() throws -> [Query] {
        let lines = try Documents.text("examples/prometheus/spoa-mirror.rules.yml").split(separator: "\n")
            .map { $0.drop { $0 == " " } }
        return lines.enumerated().filter { $1.hasPrefix("expr: ") }.map { index, line in
            Query(place: String(lines[index - 1]), text: String(line.dropFirst(6)))
        }
    }

    /// The values of `key` anywhere in a JSON value, each with the title of what is around it.
    static func strings(_ key: String, in value: Any, title: String = "") -> [(place: String, text: String)] {
        if let list = value as? [Any] { return list.flatMap { strings(key, in: $0, title: title) } }
        guard let object = value as? [String: Any] else { return [] }
        let title = object["title"] as? String ?? object["name"] as? String ?? title
        return object.sorted { $0.key < $1.key }.flatMap { name, member in
            if name == key, let text = member as? String { return [(title, text)] }
            return strings(key, in: member, title: title)
        }
    }
}
