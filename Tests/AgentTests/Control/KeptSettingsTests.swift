import AdminSocket
import Testing

@testable import Agent
@testable import System

/// What a restart keeps, and what is told of it.
@Suite("Kept settings")
struct KeptSettingsTests {
    @Test("a value that is the option's, or the default, is not pinned")
    func notPinned() throws {
        let stage = try SettingsStage(["--timeout", "3s"], state: "set timeout 4s\nset max-queue 7\n")
        #expect(stage.controller.overridden == [.timeout])
        _ = try stage.controller.set(.timeout, to: "3000ms")
        _ = try stage.controller.set(.maxQueue, to: "10000")
        _ = try stage.controller.set(.sampleRate, to: "10%")
        #expect(stage.controller.unsaved.sorted() == ["max-queue", "sample-rate", "timeout"])
        try stage.save()
        #expect(stage.lines == ["set sample-rate 10%"] && stage.controller.unsaved.isEmpty)
        #expect(stage.controller.overridden.isEmpty)
        try stage.restart(["--timeout", "5s"])
        #expect(stage.controller.settings.text(of: .timeout) == "5s")
        #expect(stage.controller.origins[.timeout] == .option)
    }

    @Test("a file that pins what the option says is no change")
    func pinned() throws {
        let stage = try SettingsStage(["--timeout", "3s"], state: "set timeout 3s\n")
        #expect(stage.controller.unsaved.isEmpty && stage.controller.overridden.isEmpty)
    }

    @Test("what memory bounds for now is neither a change nor forgotten")
    func bounded() throws {
        let stage = try SettingsStage(state: "set max-queue-bytes 1GiB\n")
        let limit = MemoryLimit(name: "MemoryMax", bytes: 64 << 20, room: 32 << 20)
        #expect(stage.controller.bound(queueBytesBy: limit) != nil)
        #expect(stage.controller.unsaved.isEmpty)
        try stage.save()
        #expect(stage.lines == ["set max-queue-bytes 1GiB"])
        let value = SizeValue.format(limit.forCopies)
        #expect(
            try stage.controller.reset(.maxQueueBytes)
                == "Max queue bytes is not changed: it is \(value); what the state file had for it is out of there."
        )
        #expect(stage.lines == [] && stage.controller.unsaved.isEmpty)
    }

    @Test("the report names the option that is not in force, and what is not saved")
    func report() throws {
        let stage = try SettingsStage(
            ["--timeout", "3s", "--sample-rate", "20%"], state: "set timeout 4s\nset max-queue 7\n")
        _ = try stage.controller.set(.sampleRate, to: "10%")
        _ = try stage.controller.set(.maxQueue, to: "8")
        let lines = Report.settings(stage.controller).lines
        for line in [
            "timeout: 4s (default 10s, from state file, option 3s)",
            "sample-rate: 10% (default 100%, from runtime, option 20%, not saved)",
            "max-queue: 8 (default 10000, from runtime, not saved)",
            "paused: no (default no, from default)",
            "url: http://localhost:10100/ (default http://localhost:10100/, from default)",
        ] { #expect(lines.contains(line), "\(lines)") }
        let info = Report.kept(stage.controller, showsValues: true).map { "\($0.name): \($0.text)" }
        #expect(
            info == [
                "state_file: \(stage.path)", "temporary: none", "unsaved: sample-rate, max-queue",
                "overridden_options: --timeout 3s",
            ])
        #expect(Report.kept(stage.controller, showsValues: false).last?.text == "--timeout")
        try stage.save()
        #expect(
            Report.settings(stage.controller).lines.contains(
                "max-queue: 8 (default 10000, from runtime, saved)"))
    }

    @Test("a pause that is over leaves nothing behind in the report")
    func resumed() throws {
        let stage = try SettingsStage()
        _ = stage.controller.brake(for: nil)
        _ = stage.controller.release()
        #expect(Report.settings(stage.controller).lines.contains("paused: no (default no, from default)"))
    }
}
