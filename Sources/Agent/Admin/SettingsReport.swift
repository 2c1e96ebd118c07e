internal import AdminSocket

extension Report {
    /// `show settings`: every live setting, what it would be by default, and where its value came from. In text
    /// `name: value (default VALUE, from ORIGIN)`, one a line.
    static func settings(_ controller: SettingsController) -> Report {
        let defaults = Settings()
        let pause = controller.settings.destination.isPaused ? "yes" : "no"
        let entries: [(name: String, value: String, default: String, origin: SettingsController.Origin)] =
            SettingName.allCases.map {
                (
                    $0.rawValue, controller.settings.text(of: $0), defaults.text(of: $0),
                    controller.origins[$0] ?? .default
                )
            } + [("paused", pause, "no", controller.pauseOrigin)]
        return Report(
            lines: entries.map {
                "\($0.name): \($0.value) (default \($0.default), from \($0.origin.rawValue))"
            },
            json: [
                "format": JSON(1),
                "settings": .array(
                    entries.map {
                        [
                            "name": .string($0.name), "value": .string($0.value),
                            "default": .string($0.default), "origin": .string($0.origin.rawValue),
                        ]
                    }),
            ])
    }
}
