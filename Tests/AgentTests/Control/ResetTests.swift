import AdminSocket
import Testing

@testable import Agent

/// Back to what the command line says.
@Suite("Reset")
struct ResetTests {
    @Test("one setting, now and after a restart")
    func one() throws {
        let stage = try SettingsStage(
            ["--timeout", "3s"], state: "set timeout 4s\nset max-queue 7\npause\n")
        #expect(try stage.controller.reset(.timeout) == "Timeout reset to 3s (was 4s).")
        #expect(stage.lines == ["set max-queue 7", "pause"])
        #expect(stage.controller.origins[.timeout] == .option)
        #expect(try stage.controller.reset(.maxQueue) == "Max queue reset to 10000 (was 7).")
        #expect(stage.controller.origins[.maxQueue] == nil)
        #expect(stage.lines == ["pause"])
        #expect(try stage.controller.reset(.timeout) == "Timeout is not changed: it is 3s.")
        _ = try stage.controller.set(.timeout, to: "7s")
        try stage.save()
        _ = try stage.controller.set(.timeout, to: "3s")
        #expect(
            try stage.controller.reset(.timeout)
                == "Timeout is not changed: it is 3s; what the state file had for it is out of there.")
        #expect(stage.lines == ["pause"])
    }

    @Test("all settings, and never the pause")
    func all() throws {
        let stage = try SettingsStage(
            ["--sample-rate", "50%"], state: "set timeout 4s\npause until 253402300799\n")
        _ = try stage.controller.set(.sampleRate, to: "10%")
        #expect(
            try stage.controller.resetAll()
                == "Reset: sample-rate to 50% (was 10%), timeout to 10s (was 4s). The pause stays.")
        #expect(stage.lines == ["pause until 253402300799"])
        #expect(stage.controller.settings.destination.isPaused && stage.controller.pausedUntil != nil)
        #expect(try stage.controller.resetAll() == "No setting is changed. The pause stays.")
        _ = stage.controller.release()
        #expect(try stage.controller.resetAll() == "No setting is changed.")
        #expect(stage.controller.origins == [.sampleRate: .option])
        try stage.write("set timeout 9s\n")
        #expect(
            try stage.controller.resetAll()
                == "No setting is changed; what the state file had is out of there.")
    }

    @Test("every setting comes back as it was", arguments: SettingName.allCases)
    func every(_ name: SettingName) throws {
        let values: [SettingName: String] = [
            .url: "http://127.0.0.1:7/x", .sampleRate: "1%", .sampleKey: "source", .maxRate: "7/s",
            .methods: "GET", .hostHeader: "destination",
            .markHeader: "none", .truncatedBody: "send", .unknownLength: "drop", .haproxyBufsize: "32KiB",
            .headers: "remove:A", .stripPrefix: "/a", .trace: "drop", .resend: "never", .degradedShare: "7%",
            .breaker: "off", .breakerShare: "7%",
            .logLevel: "error", .requestLog: "on",
        ]
        let stage = try SettingsStage()
        let before = stage.controller.settings.text(of: name)
        let shown = stage.controller.settings.shownText(of: name)
        let value = values[name] ?? (before.last == "s" ? "77s" : "4321")
        _ = try stage.controller.set(name, to: value)
        #expect(stage.controller.settings.text(of: name) != before)
        try stage.save()
        #expect(stage.lines?.count == 1)
        #expect(try stage.controller.reset(name).contains(" reset to \(shown) (was "))
        #expect(stage.controller.settings.text(of: name) == before && stage.lines == [])
    }

    @Test("a file that cannot be written brings the change back, and the answer says so")
    func unwritable() throws {
        let stage = try SettingsStage(state: "set timeout 4s\n")
        try stage.write("frob\n")
        let reason =
            "But a restart brings back what the state file says: state file \"\(stage.path)\", line 1: "
        #expect(try stage.controller.reset(.timeout).hasPrefix("Timeout reset to 10s (was 4s). \(reason)"))
        #expect(try stage.controller.resetAll().hasPrefix("No setting is changed. \(reason)"))
    }
}
