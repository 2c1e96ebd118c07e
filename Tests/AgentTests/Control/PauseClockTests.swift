import Foundation
import Testing

@testable import Agent

/// A pause while somebody sets the clock.
@Suite("Pausing: the clock")
struct PauseClockTests {
    @Test("what is shown and written is what is left, by the clock as it is now")
    func jumps() throws {
        let stage = try SettingsStage(now: 1_764_000_000)
        let controller = stage.controller
        _ = controller.brake(for: .seconds(600))
        #expect(controller.pausedUntil == stage.now + 600 && controller.unsaved.isEmpty)
        #expect(stage.lines == ["pause until \(stage.now + 600)"])
        for jump in [-86_400, 172_800] {
            stage.now += jump
            let until = try #require(controller.pausedUntil)
            #expect((stage.now + 500...stage.now + 601).contains(until), "\(until - stage.now)")
            #expect(controller.unsaved == ["pause"], "a restart would have another end")
            let left = try #require(controller.pauseLeft)
            #expect(left > 500 && left <= 600)
            try stage.save()
            #expect(controller.unsaved.isEmpty)
        }
    }

    @Test("a clock that is far off writes nothing that the next start refuses")
    func farOff() throws {
        for (now, end) in [(-4_000_000, 0), (253_402_300_700, 253_402_300_799)] {
            let stage = try SettingsStage(now: now)
            _ = stage.controller.brake(for: .seconds(600))
            #expect(stage.lines == ["pause until \(end)"])
            try stage.restart()
        }
    }

    @Test("after a restart with a clock that is behind, a pause is no longer than it was when it was written")
    func behind() throws {
        let stage = try SettingsStage()
        let written = stage.now
        _ = stage.controller.brake(for: .seconds(600))
        stage.now = written - 86_400
        try stage.restart()
        #expect(stage.controller.settings.destination.isPaused)
        let left = try #require(stage.controller.pauseLeft)
        #expect(left > 500 && left <= 601, "\(left)")
        // What somebody has copied there later says nothing of its beginning.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(written + 900))], ofItemAtPath: stage.path)
        stage.now = written + 10
        try stage.restart()
        #expect(try #require(stage.controller.pauseLeft) > 500)
    }
}
