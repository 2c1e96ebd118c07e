internal import AdminSocket

/// A destination beside the one that is always there.
struct NamedDestination: Sendable {
    let name: DestinationName
    /// With its own pause, and not that of all.
    var settings: DestinationSettings
    /// What they are without any change at run time: what the command line says of it, and else of all destinations.
    let base: DestinationSettings
    /// What the command line says of this one.
    let given: Set<SettingName>

    /// `settings` are those of the command line; `url` and `values` are this one's own. Throws when it cannot take them.
    init(
        _ name: DestinationName, at url: String, _ values: [(setting: SettingName, text: String)],
        beside settings: Settings
    ) throws(InvalidValue) {
        self.name = name
        var own = settings
        own.destination.isPaused = false
        try own.set(.url, to: url)
        for (setting, text) in values { try own.set(setting, to: text) }
        if let field = own.destination.style.ruleOnMark {
            throw InvalidValue(
                "", accepted: "",
                problem: .notRepeated("no rule changes \(field): it is the mark (mark-header)"))
        }
        given = Set(values.map(\.setting))
        (base, self.settings) = (own.destination, own.destination)
    }
}

extension Settings {
    /// What a destination with these settings sees as its own.
    func seen(by destination: DestinationSettings) -> Settings {
        var seen = self
        seen.destination = destination
        seen.others = []
        return seen
    }
}
