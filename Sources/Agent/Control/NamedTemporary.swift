internal import AdminSocket
internal import System

/// Settings of destinations beside the default one that have a value for a time.
extension SettingsController {
    /// When the first of all changes for a time ends, on the monotonic clock, in seconds; nil when there is none.
    var nextEnd: Double? { ([temporary.next] + others.values.map(\.temporary.next)).compactMap(\.self).min() }

    /// The settings of one that are there once everything that is for a time is over, as it sees them.
    func permanent(of other: NamedDestination) -> Settings {
        let changes = others[other.name]?.temporary ?? TemporaryChanges()
        return changes.all.reduce(into: settings.seen(by: other.settings)) { settings, entry in
            // It was in force before.
            try? entry.name.field.put(entry.change.value, &settings)
        }
    }

    /// What comes back behind a time.
    func shownReturn(of setting: SettingName, _ name: DestinationName) -> String {
        guard let other = settings.others.first(where: { $0.name == name }) else { return "" }
        return permanent(of: other).shownText(of: setting)
    }

    /// Ends those whose time is over at `now` on the monotonic clock, in seconds. Returns what there is to say. A value that cannot
    /// come back leaves the other one in force.
    func endOwnTemporary(at now: Double) -> [String] {
        settings.others.map(\.name).flatMap { name in
            (others[name]?.temporary.due(at: now) ?? []).compactMap { endOwn($0, of: name) }
        }
    }

    private func endOwn(_ setting: SettingName, of name: DestinationName) -> String? {
        guard let index = settings.others.firstIndex(where: { $0.name == name }) else { return nil }
        var seen = settings.seen(by: settings.others[index].settings)
        let (old, new) = (seen.shownText(of: setting), shownReturn(of: setting, name))
        guard let change = others[name]?.temporary.end(setting) else { return nil }
        let over = "the time of \(setting.rawValue) \(old) of \(name) is over"
        do throws(InvalidValue) { try seen.set(setting, to: change.value) } catch {
            return "\(over), but it stays: \(error.sentence)"
        }
        self.change { $0.others[index].settings = seen.destination }
        others[name]?.origins[setting] = change.origin
        return "\(over): back to \(new)"
    }
}
