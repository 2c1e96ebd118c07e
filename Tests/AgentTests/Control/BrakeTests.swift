import Foundation
import Testing

@testable import Agent

/// A pause that stays on until somebody takes it off.
@Suite("Pausing and resuming")
struct BrakeTests {
    @Test("only the pause goes into the file, and only it comes out")
    func alone() throws {
        let stage = try SettingsStage(["--sample-rate", "50%"], state: "set timeout 3s\n")
        _ = try stage.controller.set(.sampleRate, to: "10%")
        #expect(stage.controller.brake(for: nil) == "Mirroring paused.")
        #expect(stage.lines == ["set timeout 3s", "pause"])
        #expect(stage.controller.unsaved == ["sample-rate"])
        #expect(stage.controller.release() == "Mirroring resumed.")
        #expect(stage.lines == ["set timeout 3s"])
        #expect(stage.controller.unsaved == ["sample-rate"])
    }

    @Test("with its deadline, to the second, and from pause to pause")
    func deadline() throws {
        let stage = try SettingsStage()
        #expect(stage.controller.brake(for: .seconds(600)) == "Mirroring paused for 10m.")
        let end = try #require(stage.controller.pausedUntil)
        #expect(stage.lines == ["pause until \(end)"])
        #expect(stage.controller.brake(for: .seconds(6000)) == "Mirroring paused for 100m.")
        #expect(stage.lines?.count == 1 && stage.lines != ["pause until \(end)"])
        #expect(stage.controller.brake(for: nil) == "Mirroring paused.")
        #expect(stage.lines == ["pause"])
        try stage.write("pause until \(end)\n")
        try stage.restart()
        #expect(stage.controller.settings.destination.isPaused && stage.controller.pauseOrigin == .stateFile)
        #expect(abs(try #require(stage.controller.pausedUntil) - end) <= 1)
        #expect(stage.controller.restored == ["pause"])
    }

    @Test("a deadline that has passed pauses nothing, and is no change")
    func passed() throws {
        let stage = try SettingsStage(state: "pause until 12\nset timeout 3s\n")
        #expect(!stage.controller.settings.destination.isPaused && stage.controller.unsaved.isEmpty)
        #expect(stage.controller.restored == ["timeout"])
        try stage.save()
        #expect(stage.lines == ["set timeout 3s"])
    }

    @Test(
        "the last word of a file counts", arguments: [("pause\nresume\n", false), ("resume\npause\n", true)])
    func lastWord(_ text: String, _ isPaused: Bool) throws {
        let stage = try SettingsStage(state: text)
        #expect(stage.controller.settings.destination.isPaused == isPaused)
    }

    @Test(
        "no file lets an agent send that is started paused",
        arguments: ["resume\n", "pause\nresume\n", "pause until 12\n", "pause until 253402300799\n", ""])
    func startedPaused(_ text: String) throws {
        let stage = try SettingsStage(["--paused"], state: text)
        #expect(stage.controller.settings.destination.isPaused && stage.controller.pausedUntil == nil)
        #expect(stage.controller.pauseOrigin == .option)
        try stage.save()
        #expect(stage.lines == [], "the option is not pinned")
        #expect(stage.controller.release() == "Mirroring resumed until the agent restarts (--paused).")
        #expect(stage.controller.unsaved.isEmpty, "nothing that 'save state' could keep")
        #expect(stage.controller.brake(for: nil) == "Mirroring paused.")
        try stage.restart()
        #expect(stage.controller.settings.destination.isPaused, "the option is gone, the pause is not")
    }

    @Test("without a file, the answer says until when")
    func noFile() throws {
        for (arguments, ever, while_) in [
            (
                [], "Mirroring paused until the agent restarts.",
                "Mirroring paused for 5m, or until the agent restarts."
            ),
            (["--paused"], "Mirroring paused.", "Mirroring paused for 5m."),
        ] {
            let configuration = try Options.parse(arguments).configuration()
            let controller = SettingsController(configuration, loop: try EventLoop(backend: nil)) { _ in }
            #expect(controller.brake(for: nil) == ever)
            #expect(controller.brake(for: .seconds(300)) == while_)
            #expect(controller.unsaved == (arguments.isEmpty ? ["pause"] : []))
        }
    }

    @Test("a file that cannot be written: it pauses, it resumes, and says what a restart does")
    func unwritable() throws {
        let stage = try SettingsStage()
        try stage.moveDirectoryAway()
        let reason = "cannot write state file \"\(stage.path)\": No such file or directory."
        #expect(stage.controller.brake(for: nil) == "Mirroring paused. But a restart lifts it: \(reason)")
        #expect(stage.controller.settings.destination.isPaused && stage.controller.unsaved == ["pause"])
        try stage.moveDirectoryAway()
        try stage.save()
        #expect(stage.lines == ["pause"] && stage.controller.unsaved.isEmpty)
        // Nothing can be renamed to a directory, and none is a state file.
        try FileManager.default.removeItem(atPath: stage.path)
        try FileManager.default.createDirectory(atPath: stage.path, withIntermediateDirectories: false)
        #expect(
            stage.controller.release()
                == "Mirroring resumed. But a restart may pause it again: state file \"\(stage.path)\": it is not a regular file."
        )
        #expect(!stage.controller.settings.destination.isPaused && stage.controller.unsaved == ["resume"])
    }
}
