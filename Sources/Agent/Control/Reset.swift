internal import AdminSocket
internal import System

/// Back to the options and defaults, now and after a restart.
extension SettingsController {
    /// Takes back the change of one setting. Returns `Sample rate reset to 100% (was 10%).`
    func reset(_ name: SettingName) throws(InvalidValue) -> String {
        let (old, isChanged) = (settings.shown(name), isChanged(name))
        try putBack([name])
        let (wasKept, failure) = forget { if case .set(name, _) = $0 { true } else { false } }
        let (label, value) = (name.row.label, settings.shown(name))
        if isChanged { return "\(label) reset to \(value) (was \(old)).\(failure)\(warning(of: name))" }
        let rest = wasKept ? "; what the state file had for it is out of there" : ""
        return "\(label) is not changed: it is \(value)\(rest).\(failure)"
    }

    /// Takes back the changes of all settings; a pause stays. Returns `Reset: sample-rate to 100% (was 10%).`
    func resetAll() throws(InvalidValue) -> String {
        let changed = SettingName.allCases.filter { isChanged($0) }
        let old = changed.map { settings.shown($0) }
        try putBack(SettingName.allCases)
        let (wasKept, failure) = forget(\.isSetting)
        let list = zip(changed, old).map { "\($0.rawValue) to \(settings.shown($0)) (was \($1))" }
        let rest = wasKept ? "; what the state file had is out of there" : ""
        let text =
            changed.isEmpty ? "No setting is changed\(rest)." : "Reset: \(list.joined(separator: ", "))."
        let pause = settings.destination.isPaused ? " The pause stays." : ""
        return "\(text)\(failure)\(changed.contains(.url) ? warning(of: .url) : "")\(pause)"
    }

    /// Takes settings out of the state file: whether they were there, and what there is to say when that failed.
    private func forget(_ isForgotten: (StateFile.Entry) -> Bool) -> (wasKept: Bool, failure: String) {
        do { return (try file?.edit(without: isForgotten) ?? false, "") } catch {
            return (false, " But a restart brings back what the state file says: \(error).")
        }
    }
}
