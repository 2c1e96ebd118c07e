import AdminSocket
import Testing

@testable import Agent

@Suite("A setting that is never shown")
struct SecretSettingTests {
    private static let salt = "Xpepper;42\\X"
    private static let escaped = "Xpepper\\;42\\\\X"

    /// All that `show settings` says of it, in text and JSON.
    private static func shown(_ stage: SettingsStage) throws -> String {
        let report = Report.settings(stage.controller)
        let text = report.lines.joined(separator: "\n") + report.json.text
        #expect(!text.contains("pepper"))
        return try #require(report.lines.first { $0.hasPrefix("sample-salt: ") })
    }

    @Test("changes, reset and save tell whether it is set, and the state file has it")
    func life() throws {
        let stage = try SettingsStage()
        #expect(try Self.shown(stage) == "sample-salt: not set (default not set, from default)")
        #expect(
            try stage.controller.set(.sampleSalt, to: Self.salt) == "Sample salt is now set (was not set).")
        #expect(
            try Self.shown(stage) == "sample-salt: set (default not set, from runtime, not saved)")
        #expect(stage.controller.unsaved == ["sample-salt"])
        try stage.save()
        #expect(stage.lines == ["set sample-salt \(Self.escaped)"])
        #expect(try Self.shown(stage) == "sample-salt: set (default not set, from runtime, saved)")
        try stage.restart()
        #expect(stage.controller.settings.destination.sampleSalt == (try SampleSalt(Self.salt)))
        #expect(try Self.shown(stage) == "sample-salt: set (default not set, from state file)")
        try stage.restart(["--sample-salt", "Xpepper"])
        #expect(try Self.shown(stage) == "sample-salt: set (default not set, from state file, option set)")
        for showsValues in [true, false] {
            let fields = Report.kept(stage.controller, showsValues: showsValues)
            #expect(!fields.map(\.text).joined().contains("pepper"))
        }
        #expect(try stage.controller.reset(.sampleSalt) == "Sample salt reset to set (was set).")
        #expect(stage.controller.settings.destination.sampleSalt == (try SampleSalt("Xpepper")))
        _ = try stage.controller.set(.sampleSalt, to: "none")
        #expect(try stage.controller.resetAll() == "Reset: sample-salt to set (was not set).")
        #expect(stage.lines == [])
    }

    @Test("an error does not have it: option, change, state file")
    func errors() throws {
        for wrong in ["pep per", "pepper\u{1}", "p" + String(repeating: "epper", count: 100)] {
            let error = #expect(throws: UsageError.self) {
                try Options.parse(["--sample-salt", wrong]).configuration()
            }
            let text = try #require(error?.description)
            #expect(text.hasPrefix("--sample-salt: expected 1 to 128 "))
            var settings = Settings()
            let refusal = #expect(throws: InvalidValue.self) { try settings.set(.sampleSalt, to: wrong) }
            #expect(refusal?.sentence.contains("epper") == false)
        }
        let mark = "# spoa-mirror state 1\n"
        for line in ["set sample-salt pep per", "set sample-salt pep\\ per", "sett sample-salt pepper"] {
            let error = #expect(throws: StateFileError.self) {
                _ = try SettingsStage(state: mark + line + "\n")
            }
            #expect(error?.reason.contains("pep") == false, "\(line)")
        }
    }

    @Test("the help of its option has its default")
    func help() throws {
        let text = Options.helpMessage().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("--sample-salt <text> Secret"))
        #expect(text.contains("never shown. (default: none)"))
    }
}
