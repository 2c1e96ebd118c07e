internal import AdminSocket
internal import Glibc
internal import System

/// What of the destinations beside the default one outlives a restart.
extension SettingsController {
    /// Puts what a state file says of them into force, its pauses aside. What it says of one that is not there any more is let be.
    func loadOthers(_ entries: [(line: Int, entry: StateFile.Entry)]) throws {
        for (line, entry) in entries {
            do throws(InvalidValue) {
                switch entry {
                case .add(let name, let url):
                    // The command line has it by now: where it is, the file says.
                    if others[name] != nil {
                        _ = try set(.url, to: url, of: name, origin: .stateFile)
                    } else {
                        _ = try add(name, at: url, [], origin: .stateFile)
                    }
                case .delete(let name) where others[name] != nil: _ = try delete(name)
                case .setOwn(let name, let setting, let value) where others[name] != nil || name == .standard:
                    _ = try set(setting, to: value, of: name, origin: .stateFile)
                default: break
                }
            } catch {
                throw StateFileError(path: file?.path ?? "", line: line, reason: error.sentence)
            }
        }
    }

    /// Of one destination; nothing when there is none of that name, or the pause is over.
    func restorePause(of other: StateFile.Held.Other, from file: StateFile) {
        guard case .pauseOwn(let name, let end) = other.pause else { return }
        guard let end else {
            try? pause(name, for: nil)
            return
        }
        guard end > wallClock() else { return }
        try? pause(name, for: .seconds(file.rest(ofPauseUntil: end, at: wallClock())))
    }

    /// What `save state` keeps of them.
    var othersToKeep: [StateFile.Held.Other] {
        let deleted = base.others.map(\.name).filter { others[$0] == nil }
        let names = (isPaused(.standard) ? [.standard] : []) + settings.others.map(\.name)
        return deleted.map { StateFile.Held.Other(name: $0, isDeleted: true) }
            + names.map { toKeep(of: $0) }.filter { !$0.entries.isEmpty }
    }

    /// Those that a restart would have otherwise.
    var othersUnsaved: [DestinationName] {
        let (held, now) = (file?.held.others ?? [], othersToKeep)
        // A file may say what the options say, too, or what has no effect.
        let names = Set(now.map(\.name)).union(
            held.filter { $0.url != nil || others[$0.name] != nil }.map(\.name))
        return names.filter { name in
            var (old, new) = (held.first { $0.name == name }, now.first { $0.name == name })
            if let entry = old?.pause, isOver(entry) { old?.pause = nil }
            if old?.entries.isEmpty ?? true { old = nil }
            if new?.entries.isEmpty ?? true { new = nil }
            return old != new
        }.sorted()
    }

    /// Whether a setting of one has another value than it would have after a restart.
    func isUnsaved(_ setting: SettingName, of name: DestinationName) -> Bool {
        let (held, now) = (file?.held.other(name), toKeep(of: name))
        guard others[name]?.origin == .option || held?.url != nil else { return true }
        if setting == .url, let url = now.url { return held?.settings[.url] ?? held?.url != url }
        return held?.settings[setting] != now.settings[setting]
    }

    /// The same for the pause of one.
    func isPauseUnsaved(of name: DestinationName) -> Bool {
        var held = file?.held.other(name)?.pause
        if let entry = held, isOver(entry) { held = nil }
        return (held == nil) != (pauseEntry(of: name) == nil)
    }

    private func isOver(_ entry: StateFile.Entry) -> Bool {
        if case .pauseOwn(_, let end?) = entry { end <= wallClock() } else { false }
    }

    private func toKeep(of name: DestinationName) -> StateFile.Held.Other {
        var kept = StateFile.Held.Other(name: name, pause: pauseEntry(of: name))
        guard let other = settings.others.first(where: { $0.name == name }) else { return kept }
        let isOption = others[name]?.origin == .option
        // Whatever else is as the options say for all.
        let base = settings.seen(by: isOption ? other.base : self.base.destination)
        let now = permanent(of: other)
        for setting in SettingName.allCases where setting.row.scope == .own {
            let text = now.text(of: setting)
            guard text != base.text(of: setting) else { continue }
            if setting == .url, !isOption { continue }
            kept.settings[setting] = text
        }
        if !isOption { kept.url = now.text(of: .url) }
        return kept
    }
}
