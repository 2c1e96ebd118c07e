import AdminSocket
import Foundation
import System

@testable import Agent

/// The live settings of an agent that does not run, with a state file in a directory of its own.
final class SettingsStage {
    private let directory: URL
    let path: String
    private(set) var controller: SettingsController
    private let clock = Clock()

    /// What the clock on the wall says, if it is not right, and what has ended by itself.
    private final class Clock {
        var now: Int?
        var ended: [String] = []
    }

    /// What the log has of pauses and changes that have ended by themselves.
    var ended: [String] { clock.ended }

    /// With a state file that says `text`, if it is there at all, and is read.
    init(_ arguments: [String] = [], state text: String? = nil, now: Int? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("spoa-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        path = directory.appendingPathComponent("state").path
        try text?.write(toFile: path, atomically: false, encoding: .utf8)
        clock.now = now
        controller = try Self.start(arguments, path, clock)
    }

    /// In seconds since 1970.
    var now: Int {
        get { clock.now ?? time(nil) }
        set { clock.now = newValue }
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    /// Starts anew, as an agent of these options would.
    func restart(_ arguments: [String] = []) throws { controller = try Self.start(arguments, path, clock) }

    private static func start(
        _ arguments: [String], _ path: String, _ clock: Clock
    ) throws -> SettingsController {
        let configuration = try Options.parse(arguments + ["--state-file", path]).configuration()
        let controller = SettingsController(
            configuration, loop: try EventLoop(backend: nil), wallClock: { clock.now ?? time(nil) },
            expired: { clock.ended.append($0) })
        _ = try controller.load()
        return controller
    }

    /// The lines of the file but its comments; nil when it is not there.
    var lines: [String]? {
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        return text?.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("# spoa-mirror") }
    }

    func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

    /// Nothing can be written, or read, until it is called again.
    func moveDirectoryAway() throws {
        let away = directory.appendingPathExtension("away")
        let isAway = FileManager.default.fileExists(atPath: away.path)
        try FileManager.default.moveItem(at: isAway ? away : directory, to: isAway ? directory : away)
    }

    /// Ends what is set for a time, as if `seconds` had gone by.
    func pass(_ seconds: Double) { controller.endTemporary(at: MonotonicClock.now + seconds) }

    /// The line of `show settings` on a setting.
    func line(of name: SettingName) -> String? {
        Report.settings(controller).lines.first { $0.hasPrefix("\(name.rawValue): ") }
    }

    /// `save state`.
    func save() throws {
        guard let file = controller.file else { return }
        var result: Result<Int, any Error>?
        controller.save(to: file) { result = $0 }
        _ = try result?.get()
    }
}

/// What operators are answered, at once where no loop runs.
extension SettingsController {
    func brake(for duration: Duration?) -> String { answer { brake(for: duration, finished: $0) } }

    func release() -> String { answer { release(finished: $0) } }

    func reset(_ name: SettingName) throws -> String { try answer { try reset(name, finished: $0) } }

    func resetAll() throws -> String { try answer { try resetAll(finished: $0) } }

    private func answer(_ change: (@escaping (String) -> Void) throws -> Void) rethrows -> String {
        var text = "not answered"
        try change { text = $0 }
        return text
    }
}
