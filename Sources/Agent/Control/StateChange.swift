internal import AdminSocket
internal import System

/// A change of a state file, carried out on the file as it is then: what somebody else has written there stays.
enum StateChange: Sendable, Equatable {
    /// Puts a pause in the place of the one that is there, or takes that out.
    case pause(StateFile.Entry?)
    /// The same for the pause of one destination.
    case pauseOwn(DestinationName, StateFile.Entry?)
    /// Takes settings out.
    case forget(Set<SettingName>)
    /// The same for those of one destination.
    case forgetOwn(DestinationName, Set<SettingName>)
    /// Replaces the whole file.
    case replace(StateFile.Held)

    /// What came of it.
    struct Outcome: Sendable {
        /// What the file says now.
        let held: StateFile.Held
        /// False when there was nothing to write.
        let isWritten: Bool
    }

    /// Waits for the disk; any thread, but one at a time. The file is there as a whole or not at all. Throws a `StateFileError` for a
    /// file that is not understood, which stays as it is, or a `SystemError`.
    func apply(to path: String) throws -> Outcome {
        switch self {
        case .pause(let entry):
            // Who resumes all leaves none paused.
            try edit(path, adding: entry) {
                $0.isPauseOfAll || (entry == nil && $0.pausedDestination != nil)
            }
        case .pauseOwn(let name, let entry):
            try edit(path, adding: entry) { $0.pausedDestination == name }
        case .forget(let names):
            try edit(path, adding: nil) {
                if case .set(let name, _) = $0 { names.contains(name) } else { false }
            }
        case .forgetOwn(let name, let names):
            try edit(path, adding: nil) {
                if case .setOwn(name, let setting, _) = $0 { names.contains(setting) } else { false }
            }
        case .replace(let held):
            try replace(path, with: held)
        }
    }

    private func replace(_ path: String, with held: StateFile.Held) throws(SystemError) -> Outcome {
        let settings = SettingName.allCases.compactMap { name in
            held.settings[name].map { StateFile.Entry.set(name, $0) }
        }
        let entries = settings + held.others.flatMap(\.entries) + [held.pause].compactMap(\.self)
        try StateFile.write([Array(StateFile.header.utf8)] + entries.map { Array($0.line.utf8) }, to: path)
        return Outcome(held: held, isWritten: true)
    }

    private func edit(
        _ path: String, adding added: StateFile.Entry?, without isRemoved: (StateFile.Entry) -> Bool
    ) throws -> Outcome {
        let old = try StateFile.read(path)?.bytes ?? []
        let entries = try StateFile.parse(old, path: path)
        var lines = old.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        let byLine = Dictionary(grouping: entries, by: \.line)
        var changed = lines.enumerated().compactMap { index, line -> [UInt8]? in
            let found = byLine[index + 1] ?? []
            let kept = found.filter { !isRemoved($0.entry) }
            guard kept.count < found.count else { return line }
            return kept.isEmpty ? nil : Array(kept.map(\.entry.line).joined(separator: "; ").utf8)
        }
        if let added {
            if changed.isEmpty { changed.append(Array(StateFile.header.utf8)) }
            changed.append(Array(added.line.utf8))
        }
        guard changed != lines else {
            return Outcome(held: StateFile.Held(entries.map(\.entry)), isWritten: false)
        }
        try StateFile.write(changed, to: path)
        let kept = entries.map(\.entry).filter { !isRemoved($0) } + [added].compactMap(\.self)
        return Outcome(held: StateFile.Held(kept), isWritten: true)
    }
}
