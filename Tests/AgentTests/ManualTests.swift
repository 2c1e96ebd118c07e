import ArgumentParser
import Foundation
import Testing

@testable import Agent

@Suite("Documents")
struct ManualTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The long options, as the help text lists them.
    private static var longOptions: [String] {
        let help = Options.helpMessage(columns: 200)
        return help.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let first = words.first, first.hasPrefix("-") else { return nil }
            return words.first { $0.hasPrefix("--") }.map(String.init)
        }
    }

    @Test func everyOptionIsInTheManualPage() throws {
        let page = try String(
            contentsOf: Self.root.appendingPathComponent("man/spoa-mirror.8"), encoding: .utf8)
        #expect(Self.longOptions.count > 20)
        for option in Self.longOptions {
            // mdoc writes the first dash itself: ".Fl a , -address Ar address".
            let name = String(option.dropFirst())
            let isThere = page.split(separator: "\n").contains { line in
                line.hasPrefix(".It Fl") && line.split(separator: " ").contains { $0 == name }
            }
            #expect(isThere, "\(option) is missing")
        }
    }

    @Test func packagesHaveTheProgramsVersion() throws {
        func text(_ path: String) throws -> String {
            try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
        }
        #expect(try text("debian/changelog").hasPrefix("spoa-mirror (\(Version.number)) "))
        #expect(try text("packaging/rpm/spoa-mirror.spec").contains("\nVersion: \(Version.number)\n"))
    }

    @Test func everyOptionIsInTheReadme() throws {
        let readme = try String(contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
        for option in Self.longOptions { #expect(readme.contains(option), "\(option) is missing") }
    }
}
