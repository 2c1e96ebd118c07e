internal import AdminSocket

extension Report {
    /// The part of `show info` on what ends by itself, and on what a restart would bring: what it would undo, and which options are
    /// not in force. Their values are shown if `showsValues`.
    static func kept(_ controller: SettingsController, showsValues: Bool) -> [Field] {
        let overridden = controller.overridden.map { name in
            "--\(name.row.option)" + (showsValues ? " \(controller.shownBaseText(of: name))" : "")
        }
        return [
            controller.file.map { Field("state_file", $0.path) },
            temporary(controller.temporary),
            list("unsaved", controller.unsaved),
            list("overridden_options", overridden),
        ].compactMap(\.self)
    }

    private static func temporary(_ changes: TemporaryChanges) -> Field {
        let entries = changes.all.map { (name: $0.name.rawValue, left: $0.change.deadline.secondsLeft) }
        let text = entries.map { "\($0.name) \($0.left)s" }.joined(separator: ", ")
        return Field(
            "temporary", JSON(entries.map { JSON([Field("name", $0.name), Field("left_sec", $0.left)]) }),
            text: text.isEmpty ? "none" : text)
    }

    private static func list(_ name: String, _ texts: [String]) -> Field {
        Field(name, JSON(texts), text: texts.isEmpty ? "none" : texts.joined(separator: ", "))
    }
}
