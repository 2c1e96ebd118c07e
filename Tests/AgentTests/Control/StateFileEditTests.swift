import Testing

@testable import Agent

/// What is changed in a state file without `save state`: one thing, and the rest is left alone.
@Suite("State file: one thing in it")
struct StateFileEditTests {
    @Test(
        "a pause is added, the old one goes, and every other line stays as it is",
        arguments: [
            (nil, "pause\n"), ("", "pause\n"), ("resume\n", "pause\n"),
            ("# mine\n\nset timeout 3s\n", "# mine\n\nset timeout 3s\npause\n"),
            ("set timeout 3s; pause\nset url http://h/", "set timeout 3s\nset url http://h/\npause\n"),
            ("pause until 12\nset mark-header X:\\ a\\;b; resume\n", "set mark-header X:\\ a\\;b\npause\n"),
        ])
    func pause(_ before: String?, _ after: String) throws {
        let stage = try SettingsStage(state: before)
        #expect(stage.controller.brake(for: nil) == "Mirroring paused.")
        let text = try #require(stage.lines).joined(separator: "\n")
        #expect(text == after.split(separator: "\n").joined(separator: "\n"))
        #expect(stage.controller.file?.held.pause == .pause)
        try stage.restart()
        #expect(stage.controller.settings.destination.isPaused)
    }

    @Test("what is there already is not written again, and a file that says nothing of it is not touched")
    func nothingToWrite() throws {
        let stage = try SettingsStage(state: "# mine\nset timeout 3s\npause")
        for (change, isWritten) in [
            (StateChange.pause(.pause), false), (.forget([.url]), false), (.pause(nil), true),
            (.pause(nil), false),
        ] {
            #expect(try change.apply(to: stage.path).isWritten == isWritten)
        }
        #expect(stage.lines == ["# mine", "set timeout 3s"])
        let none = try SettingsStage()
        #expect(none.controller.release() == "Mirroring resumed.")
        #expect(none.lines == nil, "a resume needs no file")
    }

    @Test("what somebody has written there meanwhile stays")
    func changedByOthers() throws {
        let stage = try SettingsStage(state: "set timeout 3s\n")
        try stage.write("set max-queue 7\nset timeout 4s\n")
        _ = stage.controller.brake(for: nil)
        #expect(stage.lines == ["set max-queue 7", "set timeout 4s", "pause"])
        #expect(try stage.controller.reset(.timeout) == "Timeout reset to 10s (was 3s).")
        #expect(stage.lines == ["set max-queue 7", "pause"])
        try stage.write("set frob 1\n")
        let answer = stage.controller.brake(for: nil)
        #expect(
            answer.hasPrefix(
                "Mirroring paused. But a restart lifts it: state file \"\(stage.path)\", line 1: "))
        #expect(stage.lines == ["set frob 1"], "what is not understood is not written over")
    }
}
