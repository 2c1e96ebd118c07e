internal import AdminSocket

/// Which settings have a value for a time, and what comes back behind it: those that all destinations share, and those of one
/// destination. It changes no setting itself.
struct TemporaryChanges {
    struct Change {
        /// What comes back, as `set` takes it. It may be a secret.
        let value: String
        /// Where that came from; nil for a default.
        let origin: SettingsController.Origin?
        /// When it comes back.
        let deadline: Deadline
    }

    private var changes: [SettingName: Change] = [:]

    subscript(name: SettingName) -> Change? { changes[name] }

    /// In the order in which settings are shown.
    var all: [(name: SettingName, change: Change)] {
        guard !changes.isEmpty else { return [] }
        return SettingName.allCases.compactMap { name in changes[name].map { (name, $0) } }
    }

    /// On the monotonic clock, in seconds; nil when there is no change.
    var next: Double? { changes.values.map(\.deadline.monotonic).min() }

    /// Those whose time is over at `now` on the monotonic clock, in seconds.
    func due(at now: Double) -> [SettingName] {
        all.filter { $0.change.deadline.monotonic <= now }.map(\.name)
    }

    /// A setting has another value until `deadline`, and then `value` again, which came from `origin`. Where it has one for a time
    /// already, what that has replaced comes back.
    mutating func begin(
        _ name: SettingName, until deadline: Deadline, value: String, origin: SettingsController.Origin?
    ) {
        let first = changes[name]
        changes[name] = Change(
            value: first?.value ?? value, origin: first.map(\.origin) ?? origin, deadline: deadline)
    }

    /// The value that a setting has is no longer for a time. Returns what would have come back.
    @discardableResult
    mutating func end(_ name: SettingName) -> Change? { changes.removeValue(forKey: name) }
}
