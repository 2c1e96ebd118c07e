import Foundation

/// Files of this package that people read.
enum Documents {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Where all manual pages are.
    static var manualPages: [URL] {
        get throws {
            try FileManager.default.contentsOfDirectory(
                at: root.appendingPathComponent("man"), includingPropertiesForKeys: nil
            ).sorted { $0.path < $1.path }
        }
    }
}
