import Foundation
import Testing

@testable import Agent

/// README is short, and what can be pasted from it is what the tests run.
@Suite("README")
struct ReadmeTests {
    private let text: String

    init() throws { text = try Documents.text("README.md") }

    @Test("is read in one go: at most 150 lines")
    func isShort() { #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 151) }

    @Test("each of its ten options is one, with its letter and its default")
    func options() throws {
        let named = try Parser(of: Options.self).command.named
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `-") }
        #expect(rows.count == 10)
        for row in rows {
            let cells = row.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces).replacing("`", with: "")
            }
            let names = cells[0].split { ", ".contains($0) }.map(String.init)
            let option = try #require(
                named.first { $0.longestName == names.last }, "no option \(names.last ?? "")")
            #expect(Set(names) == Set((option.names ?? []).map(\.spelling)), "\(row)")
            #expect(cells[2] == option.statedDefault, "\(row)")
        }
    }

    /// `examples/haproxy` has the same lines, with comments; end-to-end tests run those files.
    @Test("its lines for HAProxy are those of the examples")
    func recipe() throws {
        let blocks = text.components(separatedBy: "```\n")
        let main = try #require(blocks.first { $0.contains("backend mirroragents") })
        let example = try Documents.text("examples/haproxy/switch/haproxy.cfg")
        let parts = Self.lines(main).split(separator: "backend mirroragents")
        let expected = Self.lines(example).split(separator: "backend mirroragents")
        #expect(parts.last == expected.last)
        for line in try #require(parts.first) { #expect(expected.first?.contains(line) == true, "\(line)") }
        #expect(Self.lines(main).count < 20)
        // The engine's file is copied: the package has it there, and the configuration names the copy.
        let copied = "examples/haproxy/spoe-mirror.conf"
        #expect(text.contains("    cp /usr/share/doc/spoa-mirror/\(copied) /etc/haproxy/\n"))
        #expect(main.contains(" config /etc/haproxy/spoe-mirror.conf\n"))
        #expect(try Documents.text(copied).contains("\n[mirror]\n"))
    }

    /// Without comments, empty lines, and blanks that only align.
    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}
