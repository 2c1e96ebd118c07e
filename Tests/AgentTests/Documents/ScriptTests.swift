import Foundation
import Testing

/// What the scripts behind `make` say before they build or install anything.
@Suite("Scripts")
struct ScriptTests {
    private func run(_ command: String) throws -> Program {
        try Program("/bin/bash", "-c", "cd \(Documents.root.path) && \(command) 2>&1")
    }

    @Test(
        "ports that there are not are refused",
        arguments: [("65533", false), ("0", false), ("x", false), ("65532", true)])
    func ports(base: String, isGood: Bool) throws {
        let run = try run("DEMO_PORT_BASE=\(base) CHECK_ONLY=1 scripts/demo.sh")
        #expect((run.status == 0) == isGood)
        #expect(isGood || run.output.contains("DEMO_PORT_BASE=\(base) is no port from 1 to 65532"))
    }

    @Test(
        "no Swift, or one too old, is said with where to get it",
        arguments: [
            ("", "There is no swift in PATH"), ("Swift version 6.1.2", "is Swift 6.1.2, which is too old"),
            ("x", "does not say"),
        ])
    func swift(version: String, said: String) throws {
        // Some distributions have a Swift of their own there.
        guard !version.isEmpty || !FileManager.default.fileExists(atPath: "/usr/bin/swift") else { return }
        let fake =
            version.isEmpty ? "" : "printf '#!/bin/sh\\necho \(version)\\n' >$d/swift && chmod +x $d/swift &&"
        let run = try run(
            "d=$(mktemp -d) && \(fake) PATH=$d:/usr/bin:/bin scripts/check-swift.sh; s=$?; rm -rf $d; exit $s"
        )
        #expect(run.status == 69)
        #expect(
            run.output.contains(said) && run.output.contains("https://www.swift.org/install/linux/"),
            "\(run.output)")
    }

    @Test("the Swift of this test will do")
    func thisSwift() throws {
        #expect(try run("scripts/check-swift.sh").status == 0)
    }
}
