import Foundation
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
            ("# mine\r\nset timeout 3s\r\nresume\r\n", "# mine\r\nset timeout 3s\r\npause\n"),
            ("pause until 12\nset mark-header X:\\ a\\;b; resume\n", "set mark-header X:\\ a\\;b\npause\n"),
        ])
    func pause(_ before: String?, _ after: String) throws {
        let stage = try SettingsStage(state: before)
        #expect(stage.controller.brake(for: nil) == "Mirroring paused.")
        let text = try #require(stage.lines).joined(separator: "\n")
        #expect(
            text.replacing("\r", with: "")
                == after.replacing("\r", with: "").split(separator: "\n").joined(separator: "\n"))
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

    @Test("a link stays one, and the mode of the file behind it stays, too")
    func link() throws {
        let stage = try SettingsStage()
        let real = "\(stage.path).real"
        #expect(symlink("state.real", stage.path) == 0)
        #expect(stage.controller.brake(for: nil) == "Mirroring paused.")
        chmod(real, 0o664)
        try stage.save()
        var status = stat()
        #expect(lstat(stage.path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(real, &status) == 0 && status.st_mode & 0o7777 == 0o664)
        #expect(stage.lines == ["pause"])
        #expect(stage.controller.release() == "Mirroring resumed.")
        #expect(stat(real, &status) == 0 && status.st_mode & 0o7777 == 0o664)
    }

    @Test("a reason that is a sentence gets no second full stop")
    func sentences() throws {
        let stage = try SettingsStage(state: "")
        for (line, end) in [
            ("set tiemout 3s", "did you mean 'timeout'?"), ("set colour red", "'show settings' lists them."),
            ("frob", "'resume' expected)."),
        ] {
            try stage.write("# spoa-mirror state 1\n\(line)\n")
            #expect(stage.controller.brake(for: nil).hasSuffix(end))
            #expect(stage.controller.release().hasSuffix(end))
            #expect(try stage.controller.reset(.timeout).hasSuffix(end))
        }
    }

    @Test("'save state' writes again what somebody has deleted")
    func deleted() throws {
        let stage = try SettingsStage()
        _ = try stage.controller.set(.timeout, to: "3s")
        _ = stage.controller.brake(for: nil)
        try stage.save()
        try FileManager.default.removeItem(atPath: stage.path)
        try stage.save()
        #expect(stage.lines == ["set timeout 3s", "pause"])
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
