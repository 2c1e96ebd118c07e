import AdminSocket
import Foundation
import Testing

@testable import Agent

/// Changes that end by themselves.
@Suite("Changes for a time")
struct TemporaryTests {
    @Test("the value before comes back, from where it came, and the log says so")
    func comesBack() throws {
        let stage = try SettingsStage(["--timeout", "3s"], state: "set max-queue 7\n")
        let controller = stage.controller
        #expect(
            try controller.set(.sampleRate, to: "50%", for: .seconds(600))
                == "Sample rate set to 50% for 10m, then back to 100% (was 100%).")
        _ = try controller.set(.timeout, to: "5s", for: .seconds(1200))
        _ = try controller.set(.maxQueue, to: "9", for: .seconds(1200))
        #expect(controller.origins[.sampleRate] == .runtime)
        stage.pass(599)
        #expect(controller.settings.text(of: .sampleRate) == "50%" && stage.ended.isEmpty)
        stage.pass(601)
        #expect(controller.settings.text(of: .sampleRate) == "100%")
        #expect(controller.settings.text(of: .timeout) == "5s", "its time is not over")
        #expect(stage.ended == ["the time of sample-rate 50% is over: back to 100%"])
        #expect(stage.line(of: .sampleRate) == "sample-rate: 100% (default 100%, from default)")
        stage.pass(1201)
        #expect(
            stage.ended.dropFirst() == [
                "the time of max-queue 9 is over: back to 7", "the time of timeout 5s is over: back to 3s",
            ])
        #expect(controller.origins == [.timeout: .option, .maxQueue: .stateFile])
        stage.pass(1_000_000)
        #expect(stage.ended.count == 3, "each ends once")
    }

    @Test("another time: what comes back stays the same, and the deadline is the new one")
    func again() throws {
        let stage = try SettingsStage()
        _ = try stage.controller.set(.sampleRate, to: "20%")
        _ = try stage.controller.set(.sampleRate, to: "50%", for: .seconds(600))
        let answer = try stage.controller.set(.sampleRate, to: "60%", for: .seconds(60))
        #expect(
            answer.wholeMatch(
                of: #/Sample rate set to 60% for 1m, then back to 20% \(was 50% for another (10m|599s)\)./#)
                != nil, "\(answer)")
        stage.pass(61)
        #expect(stage.controller.settings.text(of: .sampleRate) == "20%")
        stage.pass(601)
        #expect(stage.ended == ["the time of sample-rate 60% is over: back to 20%"])
    }

    @Test("a plain change stays, and nothing comes back")
    func plain() throws {
        let stage = try SettingsStage()
        _ = try stage.controller.set(.sampleRate, to: "50%", for: .seconds(600))
        #expect(throws: InvalidValue.self) { try stage.controller.set(.sampleRate, to: "101%") }
        #expect(stage.controller.temporary[.sampleRate] != nil, "a mistake changes nothing")
        let answer = try stage.controller.set(.sampleRate, to: "50%")
        #expect(answer.hasPrefix("Sample rate set to 50% (was 50% for another "), "\(answer)")
        stage.pass(601)
        #expect(stage.controller.settings.text(of: .sampleRate) == "50%" && stage.ended.isEmpty)
        #expect(stage.controller.unsaved == ["sample-rate"])
    }

    @Test("the state file gets what comes back, whoever writes it")
    func saved() throws {
        let stage = try SettingsStage(state: "set timeout 4s\n")
        _ = try stage.controller.set(.timeout, to: "9s", for: .seconds(600))
        _ = try stage.controller.set(.sampleRate, to: "50%", for: .seconds(600))
        _ = try stage.controller.set(.maxQueue, to: "7")
        #expect(stage.controller.unsaved == ["max-queue"])
        _ = stage.controller.brake(for: nil)
        #expect(stage.lines == ["set timeout 4s", "pause"])
        try stage.save()
        #expect(stage.lines == ["set max-queue 7", "set timeout 4s", "pause"])
        #expect(stage.controller.unsaved.isEmpty)
        _ = stage.controller.release()
        stage.pass(601)
        #expect(stage.controller.unsaved.isEmpty)
        _ = try stage.controller.set(.timeout, to: "9s", for: .seconds(600))
        try stage.restart()
        #expect(stage.controller.settings.text(of: .timeout) == "4s")
        #expect(stage.controller.temporary.all.isEmpty)
    }

    @Test("reset ends it at once, and does what it does")
    func reset() throws {
        let stage = try SettingsStage(["--timeout", "3s"], state: "set timeout 4s\nset max-queue 7\n")
        _ = try stage.controller.set(.timeout, to: "3s", for: .seconds(3600))
        #expect(try stage.controller.reset(.timeout) == "Timeout reset to 3s (was 3s for another 1h).")
        #expect(stage.lines == ["set max-queue 7"] && stage.controller.temporary.all.isEmpty)
        _ = try stage.controller.set(.maxQueue, to: "8", for: .seconds(86400))
        _ = try stage.controller.set(.timeout, to: "8s", for: .seconds(86400))
        #expect(
            try stage.controller.resetAll()
                == "Reset: max-queue to 10000 (was 8 for another 1d), timeout to 3s (was 8s for another 1d).")
        stage.pass(1_000_000)
        #expect(stage.lines == [] && stage.ended.isEmpty)
        #expect(stage.controller.settings.text(of: .maxQueue) == "10000")
    }

    @Test("reports have the deadline, whatever the clock says")
    func reports() throws {
        let stage = try SettingsStage(["--sample-rate", "5%"], now: 1_764_000_000)
        _ = try stage.controller.set(.sampleRate, to: "50%", for: .seconds(86400))
        #expect(
            stage.line(of: .sampleRate)
                == "sample-rate: 50% (default 100%, from runtime, option 5%, for another 1d, then 5%, not saved)"
        )
        func row() throws -> [String: Any] {
            let json = try JSONSerialization.jsonObject(
                with: Data(Report.settings(stage.controller).json.text.utf8))
            let rows = try #require((json as? [String: Any])?["settings"] as? [[String: Any]])
            return try #require(rows.first { $0["name"] as? String == "sample-rate" })
        }
        for jump in [0, -86_400, 172_800] {
            stage.now += jump
            let row = try row()
            let (left, until) = (
                try #require(row["left_sec"] as? Int), try #require(row["until"] as? Int)
            )
            #expect((86_000...86_400).contains(left) && row["then"] as? String == "5%")
            #expect((86_000...86_401).contains(until - stage.now))
            #expect(row["saved"] as? Bool == false)
        }
        let info = Report.kept(stage.controller, showsValues: true)
        #expect(
            info.first { $0.name == "temporary" }?.text.wholeMatch(of: #/sample-rate 86\d\d\ds/#) != nil)
        #expect(info.first { $0.name == "unsaved" }?.text == "none", "'save state' keeps nothing of it")
        _ = try stage.controller.reset(.sampleRate)
        #expect(try row()["left_sec"] == nil && row()["until"] == nil && row()["then"] == nil)
        #expect(
            Report.kept(stage.controller, showsValues: true).first { $0.name == "temporary" }?.text == "none")
    }
}
