internal import AdminSocket

/// What there is to say of settings that have a value for a time.
extension SettingsController {
    /// The settings that are there once everything that is for a time is over: what `save state` keeps.
    var permanent: Settings {
        temporary.all.reduce(into: settings) { settings, entry in
            // It was in force before.
            try? entry.name.field.put(entry.change.value, &settings)
        }
    }

    /// The value of a setting for reports and answers: `50% for another 9m`.
    func shownTextWithTime(of name: SettingName) -> String {
        let time = temporary[name].map { " for another \(Self.format($0.deadline))" } ?? ""
        return settings.shownText(of: name) + time
    }

    /// What comes back behind a time. Of two secrets that look alike, it is the one before.
    func shownReturn(of name: SettingName) -> String {
        let (now, then) = (settings.shownText(of: name), permanent.shownText(of: name))
        let isHidden = name.row.isSecret && now == then && settings.text(of: name) != temporary[name]?.value
        return isHidden ? "the one before" : then
    }

    /// What is left of a time: `9m`, `552s`.
    static func format(_ deadline: Deadline) -> String {
        TimeValue.format(.seconds(max(1, deadline.secondsLeft)))
    }

    /// What there is to say of a value that has come back, for the log. What was set meanwhile may not fit it; nothing of that is
    /// taken back, because no rule changes the mark (`FieldEdits`).
    func remark(on name: SettingName) -> String {
        let isOfFields = [.headers, .credentialHeaders, .markHeader].contains(name)
        let field = isOfFields ? settings.destination.style.ruleOnMark : nil
        let trust = warning(of: name)
        let mark = field.map { "; no rule changes \($0), which is the mark" } ?? ""
        return mark + (trust.isEmpty ? "" : ".\(trust)")
    }
}
