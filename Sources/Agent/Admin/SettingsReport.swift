internal import AdminSocket

extension Report {
    /// `show settings`: every live setting, what it would be by default, where its value came from, what the option says if
    /// another value is in force, until when it is that, and whether a restart keeps it. In text
    /// `name: value (default VALUE, from ORIGIN, option VALUE, for another 9m, then VALUE, not saved)`, one a line.
    static func settings(_ controller: SettingsController) -> Report {
        let entries = SettingName.allCases.map { Row($0, controller) } + [Row(pauseOf: controller)]
        return Report(
            lines: entries.map(\.line),
            json: ["format": JSON(1), "settings": JSON(entries.map { JSON($0.fields) })])
    }

    /// The same of a destination beside the default one: the settings that it has for itself.
    static func settings(
        _ controller: SettingsController, of name: DestinationName
    ) throws(InvalidValue) -> Report {
        let index = try controller.index(of: name)
        let entries =
            SettingName.allCases.filter { $0.row.scope == .own }.map {
                Row($0, controller, of: controller.settings.others[index])
            } + [Row(pauseOf: name, controller)]
        return Report(
            lines: entries.map(\.line),
            json: [
                "format": JSON(1), "destination": JSON(name.text),
                "settings": JSON(entries.map { JSON($0.fields) }),
            ])
    }

    /// One setting, or the pause.
    private struct Row {
        let name, value, `default`: String
        let origin: SettingsController.Origin
        /// Of the command line; nil when it has none.
        let option: String?
        /// What a restart keeps of what was changed.
        let isSaved: Bool
        let isChanged: Bool
        /// Of a value for a time.
        let end: End?

        init(_ setting: SettingName, _ controller: SettingsController) {
            name = setting.rawValue
            value = controller.settings.shownText(of: setting)
            `default` = Settings().shownText(of: setting)
            origin = controller.origins[setting] ?? .default
            option = controller.given.contains(setting) ? controller.shownBaseText(of: setting) : nil
            isSaved = !controller.isUnsaved(setting, in: controller.settings)
            isChanged = controller.isChanged(setting, in: controller.settings)
            end = controller.temporary[setting].map { End($0, of: setting, controller) }
        }

        init(_ setting: SettingName, _ controller: SettingsController, of other: NamedDestination) {
            let now = controller.settings.seen(by: other.settings)
            let base = controller.settings.seen(by: other.base)
            let isOption = other.given.contains(setting)
            name = setting.rawValue
            value = now.shownText(of: setting)
            `default` = Settings().shownText(of: setting)
            origin =
                controller.others[other.name]?.origins[setting]
                ?? (controller.given.contains(setting) ? .option : .default)
            option = isOption || controller.given.contains(setting) ? base.shownText(of: setting) : nil
            isSaved = !controller.isUnsaved(setting, of: other.name)
            isChanged = now.text(of: setting) != base.text(of: setting)
            end = controller.others[other.name]?.temporary[setting].map {
                End($0, then: controller.shownReturn(of: setting, other.name), controller)
            }
        }

        init(pauseOf destination: DestinationName, _ controller: SettingsController) {
            let isPaused = controller.isPaused(destination)
            (name, value, `default`) = ("paused", isPaused ? "yes" : "no", "no")
            origin = isPaused ? .runtime : .default
            (option, isChanged) = (nil, isPaused)
            isSaved = !controller.isPauseUnsaved(of: destination)
            end = nil
        }

        init(pauseOf controller: SettingsController) {
            let isPaused = controller.settings.destination.isPaused
            (name, `default`, origin) = ("paused", "no", controller.pauseOrigin)
            value = isPaused ? "yes" : "no"
            option = controller.startsPaused ? "yes" : nil
            // Nothing keeps an agent from starting paused that is to.
            isSaved = controller.startsPaused ? isPaused : !controller.isPauseUnsaved
            isChanged = isPaused != controller.startsPaused
            end = nil
        }

        var line: String {
            let notes = [
                option.flatMap { isChanged ? "option \($0)" : nil },
                end.map { "for another \($0.left), then \($0.then)" },
                isSaved ? (isChanged && origin == .runtime ? "saved" : nil) : "not saved",
            ].compactMap(\.self).map { ", \($0)" }
            return "\(name): \(value) (default \(`default`), from \(origin.rawValue)\(notes.joined()))"
        }

        var fields: [Field] {
            [
                Field("name", name), Field("value", value), Field("default", `default`),
                Field("origin", origin.rawValue),
                option.map { Field("option", $0) },
                Field("saved", JSON(isSaved), text: "\(isSaved)"),
            ].compactMap(\.self) + (end?.fields ?? [])
        }
    }

    /// When a value for a time ends, and what is there then.
    private struct End {
        let left, then: String
        /// In JSON.
        let fields: [Field]

        init(_ change: TemporaryChanges.Change, of setting: SettingName, _ controller: SettingsController) {
            self.init(change, then: controller.permanent.shownText(of: setting), controller)
        }

        init(_ change: TemporaryChanges.Change, then: String, _ controller: SettingsController) {
            left = SettingsController.format(change.deadline)
            self.then = then
            fields = [
                Field("left_sec", change.deadline.secondsLeft), Field("then", then),
                // In seconds since 1970.
                Field("until", change.deadline.wall(at: controller.wallClock())),
            ]
        }
    }
}
