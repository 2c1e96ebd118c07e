import Testing

@testable import Agent

@Suite("State file")
struct StateFileTests {
    private func parse(_ text: String) throws -> [StateFile.Entry] {
        try StateFile.parse(Array(text.utf8), path: "f").map(\.entry)
    }

    @Test func whatItMaySay() throws {
        let text =
            "# a comment\n\nset url http://h/\nset mark-header X:\\ a\\;b\npause\npause until 12\nresume\n"
        #expect(
            try parse(text) == [
                .set(.url, "http://h/"), .set(.markHeader, "X: a;b"), .pause, .pauseUntil(12), .resume,
            ])
        #expect(try parse("").isEmpty)
        #expect(try parse("pause") == [.pause])
    }

    @Test(
        "what it may not say, with the line",
        arguments: [
            "frob", "set url", "set url a b", "set nothing 1", "pause 10m", "pause until soon",
            "pause until -1", "resume now", "set url \\", "\u{1}", "show info",
        ])
    func mistakes(_ line: String) {
        do throws(StateFileError) {
            _ = try StateFile.parse(Array("resume\n\(line)\n".utf8), path: "f")
            Issue.record("\(line) was taken")
        } catch {
            #expect(error.line == 2 && error.path == "f")
            #expect(!error.description.contains("\n"))
        }
    }

    @Test("a line is shown only of a file that begins as a state file does")
    func secrets() {
        for (beginning, shows) in [("# spoa-mirror state 1\n", true), ("# a comment\n", false), ("", false)] {
            do throws(StateFileError) {
                _ = try StateFile.parse(Array("\(beginning)password hunter2\n".utf8), path: "f")
                Issue.record("taken")
            } catch {
                #expect(error.description.contains("hunter2") == shows)
            }
        }
    }

    @Test(
        "a setting that there is not is named",
        arguments: [
            ("set colour red", "Unknown setting: 'colour', 'show settings' lists them."),
            ("set tiemout 5s", "Unknown setting: 'tiemout', did you mean 'timeout'?"),
        ])
    func unknownSetting(_ line: String, _ reason: String) {
        do throws(StateFileError) {
            _ = try StateFile.parse(Array("# spoa-mirror state 1\n\(line)\n".utf8), path: "f")
            Issue.record("taken")
        } catch {
            #expect(error.description == "state file \"f\", line 2: \(reason)")
        }
    }

    @Test func bytesThatAreNoText() {
        #expect(throws: StateFileError.self) { try StateFile.parse([0xFF, 0x0A], path: "f") }
    }

    @Test("a state file cannot name a time that overflows", arguments: [Int.max, 253_402_300_800])
    func pauseForEver(_ end: Int) {
        #expect(throws: StateFileError.self) {
            try StateFile.parse(Array("pause until \(end)\n".utf8), path: "/state")
        }
    }

    @Test func pauseUntilTheLastYear() throws {
        let entries = try StateFile.parse(Array("pause until 253402300799\n".utf8), path: "/state")
        #expect(entries.map(\.entry) == [.pauseUntil(253_402_300_799)])
    }
}
