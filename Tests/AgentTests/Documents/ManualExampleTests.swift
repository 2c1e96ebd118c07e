import Foundation
import Testing

/// Examples of the manual pages can be pasted from a terminal of 80 columns.
@Suite("Manual pages: examples")
struct ManualExampleTests {
    /// Lines of a page that are shown as they are, as a reader sees them.
    private static func examples(_ page: String) -> [String] {
        var lines: [String] = []
        var isLiteral = false
        for line in page.split(separator: "\n") {
            if line.hasPrefix(".Bd -literal") {
                isLiteral = true
            } else if line == ".Ed" {
                isLiteral = false
            } else if line.hasPrefix(".Dl ") {
                lines.append(plain(line.dropFirst(4)))
            } else if isLiteral, !line.hasPrefix(".") {
                lines.append(plain(line))
            }
        }
        return lines
    }

    private static func plain(_ line: Substring) -> String {
        [
            ("\\(aq", "'"), ("\\(dq", "\""), ("\\(ti", "~"), ("\\(ha", "^"), ("\\&", ""), ("\\-", "-"),
            ("\\e", "\\"),
        ]
        .reduce(String(line)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
    }

    @Test("each line is shown whole, and none is longer than the terminal")
    func fit() throws {
        for page in try Documents.manualPages {
            let examples = Self.examples(try String(contentsOf: page, encoding: .utf8))
            #expect(examples.count > 5)
            // As man(1) has it with MANWIDTH=80.
            let run = try Program("mandoc", "-T", "utf8", "-O", "width=78", page.path)
            let shown = Set(
                run.output.replacing(/.\u{8}/, with: "").split(separator: "\n").map {
                    $0.trimmingCharacters(in: .whitespaces)
                })
            let width = run.output.replacing(/.\u{8}/, with: "").split(separator: "\n").map(\.count).max()
            #expect(width.map { $0 <= 80 } == true, "\(page.lastPathComponent): \(width ?? 0)")
            for example in examples {
                let isWhole = shown.contains(example.trimmingCharacters(in: .whitespaces))
                #expect(isWhole, "\(page.lastPathComponent) breaks: \(example)")
            }
        }
    }

    @Test("commands in examples are whole ones: a line that goes on says so")
    func continued() throws {
        let text = try Documents.text("man/spoa-mirror.8")
        let section = try #require(text.components(separatedBy: ".Sh EXAMPLES").last)
        var isContinued = false
        for line in Self.examples(section) {
            #expect(line.hasPrefix("spoa-mirror") != isContinued, "\(line)")
            isContinued = line.hasSuffix("\\")
        }
        #expect(!isContinued)
    }
}
