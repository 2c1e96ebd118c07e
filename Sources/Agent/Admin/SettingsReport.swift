internal import AdminSocket

extension Report {
    /// `show settings`: every live setting, what it would be by default, and where its value came from. In text
    /// `name: value (default VALUE, from ORIGIN)`, one a line.
    static func settings(_ controller: SettingsController) -> Report {
        let (settings, defaults) = (controller.settings, Settings())
        let pause = settings.destination.isPaused ? "yes" : "no"
        let entries: [(name: String, value: String, default: String, origin: SettingsController.Origin)] =
            SettingName.allCases.map {
                (
                    $0.rawValue, settings.text(of: $0), defaults.text(of: $0),
                    controller.origins[$0] ?? .default
                )
            } + [("paused", pause, "no", controller.pauseOrigin)]
        let lines = entries.map {
            "\($0.name): \($0.value) (default \($0.default), from \($0.origin.rawValue))"
        }
        let objects = entries.map {
            ["name": $0.name, "value": $0.value, "default": $0.default, "origin": $0.origin.rawValue]
        }
        return Report(lines: lines, json: ["format": JSON(1), "settings": JSON(objects)])
    }
}
