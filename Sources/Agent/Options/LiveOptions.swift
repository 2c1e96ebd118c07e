internal import AdminSocket
internal import ArgumentParser

/// Options made from the table of settings: those under one heading of the help, one for each row.
///
/// ArgumentParser finds a type's options in its mirror and has each read under its name there. What properties are elsewhere,
/// rows of the table are here.
protocol LiveOptions: ParsableArguments, CustomReflectable {
    static var heading: Setting.Heading { get }
    /// What the command line says, by setting; each can take it.
    var given: [SettingName: String] { get set }
}

extension LiveOptions {
    private static var rows: [Setting] { Setting.table.filter { $0.heading == heading } }

    init(from decoder: any Decoder) throws {
        self.init()
        let options = try decoder.container(keyedBy: SettingName.self)
        for row in Self.rows {
            given[row.name] = try options.decode(Option<String?>.self, forKey: row.name).wrappedValue
        }
    }

    var customMirror: Mirror {
        let defaults = Settings()
        return Mirror(
            self,
            children: Self.rows.map { row in
                let option = Option<String?>(
                    name: .customLong(row.option),
                    help: ArgumentHelp(
                        "\(row.optionText) (default: \(defaults.text(of: row.name))\(row.remark))",
                        valueName: row.placeholder),
                    completion: row.completions.isEmpty ? .default : .list(row.completions),
                    transform: { text in
                        // The parser's error would show it.
                        guard !row.isSecret else { return text }
                        var settings = Settings()
                        try settings.set(row.name, to: text)
                        return text
                    })
                return (label: row.name.rawValue, value: option)
            })
    }
}

/// What is logged, and from when on the state has another name.
struct LogOptions: LiveOptions {
    static let heading = Setting.Heading.control
    var given: [SettingName: String] = [:]
}

/// Which requests are mirrored, and how a copy may differ from what the client sent.
struct CopyOptions: LiveOptions {
    static let heading = Setting.Heading.copies
    var given: [SettingName: String] = [:]
}

/// What the agent may hold and how long it waits: the bounds that keep production from noticing a bad mirror.
struct BudgetOptions: LiveOptions {
    static let heading = Setting.Heading.budgets
    var given: [SettingName: String] = [:]
}

/// `--mirror-url`, the one live setting that is not checked by itself: `--allow-destination` may stand behind it.
struct MirrorURLOption: ExpressibleByArgument {
    /// Nil when the command line does not say.
    var given: String?

    init() {}

    init(argument: String) { given = argument }

    var defaultValueDescription: String { MirrorURL.standard.text }
}
