internal import AdminSocket
internal import Glibc
internal import System

/// What outlives a restart.
extension SettingsController {
    /// Puts what the state file says into force. Returns how many things it says.
    func load() throws -> Int {
        guard let file else { return 0 }
        let entries = try file.load()
        for case (let line, .set(let name, let value)) in entries {
            do throws(InvalidValue) { _ = try set(name, to: value, origin: .stateFile) } catch {
                throw StateFileError(path: file.path, line: line, reason: error.sentence)
            }
        }
        try loadOthers(entries)
        // Who starts it paused wants to be safe: no file lets it send, and none says for how long.
        guard !startsPaused else { return entries.count }
        switch file.held.pause {
        case .pause: pause(for: nil, origin: .stateFile)
        case .pauseUntil(let end) where end > wallClock():
            pause(
                for: .seconds(file.rest(ofPauseUntil: end, at: wallClock())), origin: .stateFile)
        default: break
        }
        for other in file.held.others { restorePause(of: other, from: file) }
        return entries.count
    }

    /// The settings of a start with the state file. Throws what is wrong with it, if anything is; changes nothing.
    static func check(_ configuration: Configuration) throws -> SettingsController {
        let controller = SettingsController(
            configuration, loop: try EventLoop(backend: nil), expired: { _ in })
        _ = try controller.load()
        return controller
    }

    /// Writes the settings that differ from their options, or from the defaults, and a pause into `file`; what is the same is taken
    /// out, and what is for a time is left out. `finished` gets how many things it holds.
    func save(to file: StateFile, finished: @escaping (Result<Int, any Error>) -> Void) {
        var new = StateFile.Held(pause: pauseEntry)
        let settings = permanent
        for name in SettingName.allCases {
            let value = settings.text(of: name)
            // One that memory bounds for now is not forgotten.
            if let old = file.held.settings[name], text(of: name, from: old) == value {
                let isPinned = text(of: name, from: old, isBounded: false) == base.text(of: name)
                new.settings[name] = isPinned ? nil : old
            } else if isChanged(name, in: settings) {
                new.settings[name] = value
            }
        }
        new.others = othersToKeep
        let count =
            new.settings.count + new.others.reduce(0) { $0 + $1.entries.count } + (new.pause == nil ? 0 : 1)
        file.make(.replace(new)) { result in finished(result.map { _ in count }) }
    }

    // MARK: the difference

    /// Whether a setting has another value in `settings` than its option or default.
    func isChanged(_ name: SettingName, in settings: Settings) -> Bool {
        settings.text(of: name) != baseText(of: name)
    }

    /// The value of a setting's option or default, as far as memory allows.
    func baseText(of name: SettingName) -> String { text(of: name, from: base.text(of: name)) }

    /// The same for reports.
    func shownBaseText(of name: SettingName) -> String {
        name.row.isSecret ? base.shownText(of: name) : baseText(of: name)
    }

    /// Whether a setting has another value in `settings` than it would have after a restart.
    func isUnsaved(_ name: SettingName, in settings: Settings) -> Bool {
        let restarted = file?.held.settings[name].map { text(of: name, from: $0) } ?? baseText(of: name)
        return settings.text(of: name) != restarted
    }

    /// The same for the pause, if `save state` could change that.
    var isPauseUnsaved: Bool {
        var held = file?.held.pause
        if case .pauseUntil(let end) = held, end <= wallClock() { held = nil }
        return !startsPaused && held != pauseEntry
    }

    /// What a restart would undo and `save state` would keep, by name.
    var unsaved: [String] {
        let permanent = permanent
        return SettingName.allCases.filter { isUnsaved($0, in: permanent) }.map(\.rawValue)
            + (isPauseUnsaved ? [settings.destination.isPaused ? "pause" : "resume"] : [])
            + othersUnsaved.map { "destination \($0)" }
    }

    /// The settings whose option is given, but not in force, because the state file says otherwise.
    var overridden: [SettingName] {
        let permanent = permanent
        return SettingName.allCases.filter {
            given.contains($0) && isChanged($0, in: permanent) && !isUnsaved($0, in: permanent)
        }
    }

    /// What came from the state file, by name.
    var restored: [String] {
        SettingName.allCases.filter { origins[$0] == .stateFile }.map(\.rawValue)
            + (pauseOrigin == .stateFile ? ["pause"] : [])
    }

    /// What is kept of the pause: nothing of one that every start brings.
    var pauseEntry: StateFile.Entry? {
        guard settings.destination.isPaused, pauseOrigin != .option else { return nil }
        return pausedUntil.map { .pauseUntil($0) } ?? .pause
    }

    /// The value that a setting gets from what a state file has for it, as far as memory allows if that `isBounded`.
    func text(of name: SettingName, from written: String, isBounded: Bool = true) -> String {
        var restarted = base
        // What somebody else has written there may be no value at all.
        guard (try? restarted.set(name, to: written)) != nil else { return written }
        if isBounded, let limit = settings.memoryLimit {
            restarted.maxQueueBytes = min(restarted.maxQueueBytes, limit.forCopies)
        }
        return restarted.text(of: name)
    }
}
