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
            guard row.repeats else {
                given[row.name] = try options.decode(Option<String?>.self, forKey: row.name).wrappedValue
                continue
            }
            let texts = try options.decode(Option<[String]>.self, forKey: row.name).wrappedValue
            given[row.name] = texts.isEmpty ? nil : texts.joined(separator: ",")
        }
    }

    var customMirror: Mirror {
        Mirror(self, children: Self.rows.map { (label: $0.name.rawValue, value: Self.option(of: $0)) })
    }

    private static func option(of row: Setting) -> Any {
        let help = ArgumentHelp(
            "\(row.optionText) (default: \(Settings().text(of: row.name))\(row.remark))",
            valueName: row.placeholder)
        let completion = row.completions.isEmpty ? CompletionKind.default : .list(row.completions)
        let check: @Sendable (String) throws -> String = { text in
            // The parser would repeat a value that is refused: one that may be a secret is checked later.
            guard !row.isSecret else { return text }
            var settings = Settings()
            try settings.set(row.name, to: text)
            return text
        }
        let name = NameSpecification.customLong(row.option)
        return row.repeats
            ? Option<[String]>(
                wrappedValue: [], name: name, help: help, completion: completion, transform: check)
            : Option<String?>(name: name, help: help, completion: completion, transform: check)
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

/// `--mirror-url`, the one live setting that cannot be checked alone: `--allow-destination` may stand behind it.
struct MirrorURLOption: ExpressibleByArgument {
    /// Nil when the command line does not say.
    var given: String?

    init() {}

    init(argument: String) { given = argument }

    var defaultValueDescription: String { MirrorURL.standard.text }
}
