internal import AdminSocket
internal import System

/// The value of one setting, seen as an operator writes it: the same on the command line, over an admin socket and in a
/// state file.
struct SettingField {
    /// What `put` takes for the same value.
    let text: (Settings) -> String
    /// What reports, answers and logs say of it: the same, unless there may be a secret in it.
    let shown: (Settings) -> String
    /// Throws, and changes nothing, when the setting cannot take the text.
    let put: (String, inout Settings) throws(InvalidValue) -> Void

    init<Value: Equatable>(
        _ path: WritableKeyPath<Settings, Value>, _ parse: @escaping OptionParsers.Parser<Value>,
        _ print: @escaping (Value) -> String, shown: ((Value) -> String)? = nil
    ) {
        text = { print($0[keyPath: path]) }
        let show = shown ?? print
        self.shown = { show($0[keyPath: path]) }
        put = { text, settings throws(InvalidValue) in
            let value = try parse(text)
            if value != settings[keyPath: path] { settings[keyPath: path] = value }
        }
    }

    static func number(_ path: WritableKeyPath<Settings, Int>, _ range: ClosedRange<Int>) -> SettingField {
        SettingField(path, OptionParsers.number(range), \.description)
    }

    static func size(_ path: WritableKeyPath<Settings, Int>, _ range: ClosedRange<Int>) -> SettingField {
        SettingField(path, OptionParsers.size(range), SizeValue.format)
    }

    static func interval(
        _ path: WritableKeyPath<Settings, Duration>, from least: Duration = .milliseconds(1)
    ) -> SettingField { SettingField(path, OptionParsers.interval(from: least), TimeValue.format) }

    static func word<Word: RawRepresentable<String> & CaseIterable & Equatable & SendableMetatype>(
        _ path: WritableKeyPath<Settings, Word>
    ) -> SettingField { SettingField(path, OptionParsers.word(Word.self), \.rawValue) }
}

extension Settings {
    /// The value of a setting as an operator writes it: for a state file, and to compare. A secret is in it.
    func text(of name: SettingName) -> String { name.field.text(self) }

    /// The same for reports, answers and logs.
    func shownText(of name: SettingName) -> String { name.field.shown(self) }

    /// Gives a setting the value that an operator wrote. Throws, and changes nothing, when it cannot take that.
    mutating func set(_ name: SettingName, to text: String) throws(InvalidValue) {
        var changed = self
        try name.field.put(text, &changed)
        switch name {
        case .url: try allowedDestinations.check(changed.destination.url)
        case .unknownLength: changed.bodyWatch = BodyWatch()
        case .maxQueueBytes:
            guard let limit = memoryLimit, changed.maxQueueBytes > limit.forCopies else { break }
            throw InvalidValue(
                text, accepted: "1KiB to \(SizeValue.format(limit.forCopies)), \(limit.reason)",
                problem: .outOfRange)
        default: break
        }
        self = changed
    }
}

extension MemoryLimit {
    /// Why copies may have no more.
    var reason: String { "\(name) lets the agent have \(SizeValue.format(bytes)) of memory" }
}
