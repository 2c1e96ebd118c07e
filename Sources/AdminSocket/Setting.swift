/// One row of the settings' table: what the command line, `help set`, completion and the manual pages say of a setting.
/// Where its value stands, and how it is parsed, is the agent's (`SettingName.field`).
package struct Setting: Sendable {
    /// Whether all destinations have it in common, or each has its own.
    package enum Scope: Sendable { case shared, own }

    /// Under which heading of the daemon's `--help` its option stands.
    package enum Heading: Sendable { case general, control, copies, budgets }

    package let name: SettingName
    package let scope: Scope
    package let heading: Heading
    /// What it takes: words as they are, capitals for what is no fixed word.
    package let values: [String]
    /// What it is, in one line of `help set`.
    package let help: String
    /// What the command line calls it, without the dashes.
    package let option: String
    /// The help of its option, but for the default.
    package let optionText: String
    /// What stands there for its value; nil for the option's name.
    package let placeholder: String?
    /// What there is to say of its default; empty for nothing.
    package let remark: String
    /// Its option may be given several times; the values are joined by commas.
    package let repeats: Bool
    /// Its value, or a part of it, is for the state file alone, and shown nowhere.
    package let isSecret: Bool
    /// Its name in the answer to a change: `Sample rate set to ...`.
    package let label: String

    /// A row; most of what is not given follows from the name and the help.
    init(
        _ name: SettingName, _ scope: Scope, _ heading: Heading, _ values: String, _ help: String,
        named option: String? = nil, placeholder: String? = nil, label: String? = nil, remark: String = "",
        repeats: Bool = false, isSecret: Bool = false, option text: String? = nil
    ) {
        func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
        (self.name, self.scope, self.heading, self.help) = (name, scope, heading, help)
        self.values = values.split(separator: "|").map(String.init)
        self.option = option ?? name.rawValue
        optionText = text ?? "\(sentence(help))."
        self.placeholder = placeholder ?? (values == values.lowercased() ? values : nil)
        self.remark = remark
        self.repeats = repeats
        self.isSecret = isSecret
        self.label = label ?? sentence(name.rawValue.split(separator: "-").joined(separator: " "))
    }
}

extension SettingName {
    /// Its row.
    package var row: Setting {
        Setting.table.first { $0.name == self } ?? { fatalError("no row for \(self)") }()
    }
}
