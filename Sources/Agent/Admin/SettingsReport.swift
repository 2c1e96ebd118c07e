internal import AdminSocket

/// What `show settings` tells: every live setting, what it would be by default, and where its value came from.
struct SettingsReport: Encodable {
    /// The version of the JSON form; raised when a field changes its meaning or goes.
    let format = 1
    let settings: [Entry]

    struct Entry: Encodable {
        let name: String
        let value: String
        let `default`: String
        let origin: SettingsController.Origin
    }

    init(_ controller: SettingsController) {
        settings =
            SettingName.allCases.map { name in
                Entry(
                    name: name.rawValue, value: LiveSetting.text(name, of: controller.settings),
                    default: LiveSetting.text(name, of: controller.defaults),
                    origin: controller.origins[name] ?? .default)
            } + [
                Entry(
                    name: "paused", value: controller.settings.destination.isPaused ? "yes" : "no",
                    default: "no",
                    origin: controller.pauseOrigin)
            ]
    }

    /// `name: value (default VALUE, from ORIGIN)`, one a line.
    var lines: [String] {
        settings.map { "\($0.name): \($0.value) (default \($0.default), from \($0.origin.rawValue))" }
    }
}
