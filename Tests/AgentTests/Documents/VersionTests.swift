import Foundation
import Testing

@testable import Agent

/// The programs' version is that of the packages and documents, and `make version` sets it in all of them.
@Suite("Version")
struct VersionTests {
    /// Each file that spells the version, and what stands in front of it. The first one counts: in a list of changes, the newest.
    private static let places = [
        ("Sources/AdminSocket/Release.swift", "number = \""),
        ("CHANGELOG.md", "\n## ["),
        ("README.md", "\nspoa-mirror "),
        ("debian/changelog", "spoa-mirror ("),
        ("packaging/rpm/spoa-mirror.spec", "\nVersion: "),
        ("packaging/rpm/spoa-mirror.spec", "> - "),
    ]

    @Test("is the same everywhere", arguments: places)
    func everywhere(file: String, prefix: String) throws {
        #expect(try Self.version(behind: prefix, in: Documents.text(file)) == Version.number)
    }

    @Test("is set everywhere by make version")
    func set() throws {
        let tree = try Tree()
        let next = "999.0.1"
        let run = try Program("scripts/version.sh", next, in: tree.root)
        #expect(
            run.status == 0 && run.output == "version: \(next) (was \(Version.number))\n", "\(run.output)")
        for (file, prefix) in Self.places {
            #expect(try Self.version(behind: prefix, in: tree.text(file)) == next, "\(file)")
        }
        #expect(try tree.text("CHANGELOG.md").contains("\n## [Unreleased]\n\n## [\(next)] - 20"))
        #expect(try tree.text("debian/changelog").hasSuffix(Documents.text("debian/changelog")))
        #expect(try Program("scripts/version.sh", in: tree.root).output == "\(next)\n")
    }

    @Test(
        "is not set to an older one, or to what is none",
        arguments: ["0.0.1", Version.number, "1.2", "1.02.3", "v2.0.0"])
    func refused(version: String) throws {
        let tree = try Tree()
        #expect(try Program("scripts/version.sh", version, in: tree.root).status == 64)
        for (file, _) in Self.places { #expect(try tree.text(file) == Documents.text(file), "\(file)") }
    }

    /// The first number in dots that follows `prefix`.
    private static func version(behind prefix: String, in text: String) -> String? {
        text.ranges(of: prefix).map { text[$0.upperBound...].prefix { "0123456789.".contains($0) } }
            .first { !$0.isEmpty }.map(String.init)
    }

    /// A copy of the files that spell the version, and of what sets it.
    private final class Tree {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("spoa-\(UUID().uuidString)")

        init() throws {
            let files = FileManager.default
            for file in Set(places.map(\.0) + ["debian/control", "scripts/version.sh"]) {
                let copy = root.appendingPathComponent(file)
                try files.createDirectory(
                    at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
                try files.copyItem(at: Documents.root.appendingPathComponent(file), to: copy)
            }
        }

        deinit { try? FileManager.default.removeItem(at: root) }

        func text(_ file: String) throws -> String {
            try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
        }
    }
}
