import AdminSocket
import Testing

@testable import Agent

@Suite("Values of header rules are not shown")
struct HiddenValueTests {
    @Test("set, shown, saved, restored and reset")
    func neverShown() throws {
        let stage = try SettingsStage(["--header", "set:X-A: secret1"])
        var answers: [String] = []
        func note(_ text: String) { answers.append(text) }
        func reports() {
            let settings = Report.settings(stage.controller)
            note(settings.lines.joined(separator: "\n") + settings.json.text)
            let kept = Report.kept(stage.controller, showsValues: true)
            note("\(kept)")
        }
        reports()
        note(try stage.controller.set(.headers, to: "set:X-A: secret2,remove:B"))
        #expect(
            answers.last == "Headers set to set:X-A: <hidden>,remove:B (was set:X-A: <hidden>).")
        reports()
        try stage.save()
        #expect(stage.lines == [#"set headers set:X-A:\ secret2,remove:B"#])
        reports()
        try stage.restart(["--header", "set:X-A: secret1"])
        #expect(stage.controller.settings.text(of: .headers) == "set:X-A: secret2,remove:B")
        reports()
        #expect(
            answers.last?.contains("--header set:X-A: <hidden>") == true)
        note(try stage.controller.reset(.headers))
        #expect(stage.controller.settings.text(of: .headers) == "set:X-A: secret1")
        note(try stage.controller.set(.headers, to: "add:X-A: secret3"))
        note(try stage.controller.resetAll())
        for answer in answers { #expect(!answer.contains("secret"), "\(answer)") }
        #expect(
            Report.settings(stage.controller).lines.contains(
                "headers: set:X-A: <hidden> (default none, from option)"))
    }

    @Test("a value alone is a change")
    func valueAlone() throws {
        let stage = try SettingsStage(["--header", "set:X-A: secret1"])
        _ = try stage.controller.set(.headers, to: "set:X-A: secret2")
        #expect(stage.controller.unsaved == ["headers"])
        try stage.save()
        #expect(stage.controller.unsaved == [])
        #expect(stage.controller.overridden == [.headers])
    }

    @Test("no rule for the mark, whichever is set first")
    func mark() throws {
        let controller = try SettingsStage().controller
        func problem(_ name: SettingName, _ text: String) -> String? {
            do throws(InvalidValue) {
                _ = try controller.set(name, to: text)
                return nil
            } catch { return error.sentence }
        }
        #expect(
            problem(.headers, "set:x-mirrored-by: secret")
                == "Invalid value: no rule changes x-mirrored-by: it is the mark (mark-header).")
        #expect(
            problem(.credentialHeaders, "X-Mirrored-By")
                == "Invalid value: no rule changes X-Mirrored-By: it is the mark (mark-header).")
        #expect(controller.settings.text(of: .headers) == "none")
        #expect(problem(.headers, "remove:X-B") == nil)
        #expect(
            problem(.markHeader, "x-B: y")
                == "Invalid value: no rule changes X-B: it is the mark (mark-header).")
        #expect(controller.settings.text(of: .markHeader) == "X-Mirrored-By: spoa-mirror")
        #expect(problem(.markHeader, "none") == nil)
        #expect(problem(.headers, "remove:X-Mirrored-By") == nil)
    }

    @Test("no order of the lines in a state file keeps the agent from starting")
    func orders() throws {
        let stage = try SettingsStage(
            ["--header", "remove:X-B"], state: "set mark-header X-B:\\ y\nset headers none\n")
        #expect(stage.controller.settings.destination.style.mark?.description == "X-B: y")
        #expect(stage.controller.settings.text(of: .headers) == "none")
    }

    @Test("an error in a state file does not repeat a value")
    func stateFile() throws {
        for line in [
            "set headers set:X-A: secret", "set header set:X-A: secret",
            #"set headers set:Host:\ secret"#, "set headers secret",
        ] {
            let error = #expect(throws: StateFileError.self) {
                try SettingsStage(state: "# spoa-mirror state 1\n\(line)\n")
            }
            #expect(error?.line == 2)
            #expect(error?.description.contains("secret") == false, "\(error?.description ?? "")")
        }
    }
}
