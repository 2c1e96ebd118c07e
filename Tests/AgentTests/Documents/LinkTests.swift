import Foundation
import Testing

/// Links of one document to another, or into one, lead somewhere.
@Suite("Links in documents")
struct LinkTests {
    private static let documents =
        ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        + ["architecture", "benchmarks", "fidelity", "migration", "operations", "recipes", "troubleshooting"]
        .map { "docs/\($0).md" }

    @Test("every document is looked at")
    func all() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: Documents.root.appendingPathComponent("docs").path)
        #expect(Set(files.map { "docs/\($0)" }) == Set(Self.documents.filter { $0.hasPrefix("docs/") }))
    }

    @Test("files and headings are there", arguments: documents)
    func lead(document: String) throws {
        let text = try Documents.text(document).replacing(/(?s)```.*?```/, with: "").replacing(
            "\n", with: " ")
        for match in text.matches(of: /\]\(([^)\ ]+)\)/) where !match.1.hasPrefix("http") {
            let parts = match.1.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
            let folder = Documents.root.appendingPathComponent(document).deletingLastPathComponent()
            let file =
                parts[0].isEmpty
                ? Documents.root.appendingPathComponent(document)
                : folder.appendingPathComponent(parts[0]).standardizedFileURL
            #expect(FileManager.default.fileExists(atPath: file.path), "\(match.1)")
            guard parts.count > 1 else { continue }
            let target = try String(contentsOf: file, encoding: .utf8)
            #expect(Self.headings(target).contains(parts[1]), "\(match.1)")
        }
    }

    /// As GitHub names them.
    private static func headings(_ text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                line.drop { "# ".contains($0) }.lowercased().replacing(/[^\w\-\ ]/, with: "")
                    .replacing(" ", with: "-")
            })
    }
}
