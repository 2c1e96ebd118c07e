import Foundation
import Testing

/// SECURITY.md names the tests that show what it says.
@Suite("SECURITY.md")
struct SecurityDocumentTests {
    /// `Suite.function` of the tests' sources.
    private static var tests: Set<String> {
        let folder = Documents.root.appendingPathComponent("Tests")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            var suite = ""
            for line in text.split(separator: "\n") {
                let words = line.split { " (:".contains($0) }
                if let index = words.firstIndex(of: "struct"), words.indices.contains(index + 1),
                    words[index + 1].hasSuffix("Tests")
                {
                    suite = String(words[index + 1])
                }
                if let index = words.firstIndex(of: "func"), words.indices.contains(index + 1) {
                    names.insert("\(suite).\(words[index + 1])")
                }
            }
        }
        return names
    }

    @Test("each threat has a test, and each test is there")
    func testsExist() throws {
        let text = try Documents.text("SECURITY.md")
        let section = try #require(text.components(separatedBy: "## Threats").last)
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
        #expect(rows.count > 20)
        let tests = Self.tests
        for row in rows {
            let last = try #require(row.split(separator: "|").last)
            let named = last.split(separator: "`").map(String.init).filter { $0.contains("Tests.") }
            #expect(!named.isEmpty, "\(row)")
            for name in named { #expect(tests.contains(name), "\(name) is not there") }
        }
    }

    @Test("tests that other documents name are there", arguments: ["fidelity", "recipes", "troubleshooting"])
    func namedElsewhere(document: String) throws {
        let tests = Self.tests
        for match in try Documents.text("docs/\(document).md").matches(of: /`(\w+Tests\.\w+)`/)
        where !match.1.hasSuffix(".swift") {
            #expect(tests.contains(String(match.1)), "\(match.1) is not there")
        }
    }
}
