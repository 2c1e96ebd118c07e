import Foundation

/// The operator's files in `examples/haproxy`, made to run in a test.
enum Example {
    /// The text of a file as it is shipped; `path` is relative to `examples/haproxy`.
    static func text(_ path: String) throws -> String {
        let file = directory.appendingPathComponent(path)
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw HarnessError("there is no \(file.path)")
        }
        return text
    }

    /// `text` with each first part replaced by its second. All of them must be there: a test whose port is not put in
    /// would talk to somebody else.
    static func text(_ path: String, replacing changes: [(String, String)]) throws -> String {
        try changes.reduce(into: text(path)) { text, change in
            guard text.contains(change.0) else { throw HarnessError("\(path) has no '\(change.0)'") }
            text = text.replacingOccurrences(of: change.0, with: change.1)
        }
    }

    /// The files at any depth whose name ends in `suffix`, relative to `examples/haproxy`.
    static func files(_ suffix: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(suffix) }
            .sorted()
    }

    /// The text of a document in `docs`.
    static func document(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent("docs/\(name)"), encoding: .utf8)
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let directory = root.appendingPathComponent("examples/haproxy")
}
