internal import AdminSocket

extension Report {
    /// The part of `show info` on what a restart would bring: what it would undo, and which options are not in force. With their
    /// values, if these are to be shown.
    static func kept(_ controller: SettingsController, showsValues: Bool) -> [Field] {
        let overridden = controller.overridden.map { name in
            "--\(name.row.option)" + (showsValues ? " \(controller.shownBase(name))" : "")
        }
        return [
            controller.file.map { Field("state_file", $0.path) },
            list("unsaved", controller.unsaved),
            list("overridden_options", overridden),
        ].compactMap(\.self)
    }

    private static func list(_ name: String, _ texts: [String]) -> Field {
        Field(name, JSON(texts), text: texts.isEmpty ? "none" : texts.joined(separator: ", "))
    }
}
