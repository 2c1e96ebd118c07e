internal import AdminSocket
internal import System

/// Back to the options and defaults, now and after a restart.
extension SettingsController {
    /// Takes back the change of one setting. `finished` gets `Sample rate reset to 100% (was 10%).` once it is out of the state file.
    func reset(_ name: SettingName, finished: @escaping (String) -> Void) throws(InvalidValue) {
        let (old, isChanged) = (shownTextWithTime(of: name), isChangedOrTemporary(name))
        try putBack([name])
        let (label, value, warning) = (name.row.label, settings.shownText(of: name), warning(of: name))
        forget([name]) { wasKept, failure in
            if isChanged { return finished("\(label) reset to \(value) (was \(old)).\(failure)\(warning)") }
            let rest = wasKept ? "; what the state file had for it is out of there" : ""
            finished("\(label) is not changed: it is \(value)\(rest).\(failure)")
        }
    }

    /// Takes back the changes of all settings; a pause stays. `finished` gets `Reset: sample-rate to 100% (was 10%).` once they are
    /// out of the state file.
    func resetAll(finished: @escaping (String) -> Void) throws(InvalidValue) {
        let changed = SettingName.allCases.filter { isChangedOrTemporary($0) }
        let old = changed.map { shownTextWithTime(of: $0) }
        try putBack(SettingName.allCases)
        let list = zip(changed, old).map { "\($0.rawValue) to \(settings.shownText(of: $0)) (was \($1))" }
        let warning = changed.contains(.url) ? warning(of: .url) : ""
        let pause = settings.destination.isPaused ? " The pause stays." : ""
        forget(Set(SettingName.allCases)) { wasKept, failure in
            let rest = wasKept ? "; what the state file had is out of there" : ""
            let text =
                changed.isEmpty ? "No setting is changed\(rest)." : "Reset: \(list.joined(separator: ", "))."
            finished("\(text)\(failure)\(warning)\(pause)")
        }
    }

    /// What is set for a time is ended, even if its value is the option's.
    private func isChangedOrTemporary(_ name: SettingName) -> Bool {
        isChanged(name, in: settings) || temporary[name] != nil
    }

    /// Takes settings out of the state file. `finished` gets whether they were there, and what there is to say when that failed.
    private func forget(_ names: Set<SettingName>, finished: @escaping (Bool, String) -> Void) {
        guard let file else { return finished(false, "") }
        file.make(.forget(names)) { result in
            switch result {
            case .success(let wasKept): finished(wasKept, "")
            case .failure(let error):
                finished(
                    false, " But a restart brings back what the state file says: \("\(error)".asSentence)")
            }
        }
    }
}
