internal import AdminSocket
internal import System

/// A destination as the command line has it: `NAME=URL[,SETTING=VALUE...]`, with `\\,` for a comma inside of a value.
struct DestinationText {
    let name: DestinationName
    let url: String
    /// In their order; their values are not checked.
    let values: [(setting: SettingName, text: String)]

    /// What is thrown repeats no value: there may be a secret in one.
    init(_ text: String) throws(InvalidValue) {
        let parts = Self.split(text)
        let (name, url) = try Self.assignment(parts[0])
        guard let known = DestinationName(name), known != .standard else {
            throw InvalidValue(
                name, accepted: DestinationName.accepted,
                problem: .notRepeated(
                    name == DestinationName.standard.text
                        ? "\(name) is the destination of --mirror-url"
                        : "'\(PrintableText.of(name.utf8))' is no name for a destination: \(DestinationName.accepted)"
                ))
        }
        (self.name, self.url) = (known, url)
        var values: [(setting: SettingName, text: String)] = []
        for part in parts.dropFirst() {
            let (setting, text) = try Self.assignment(part)
            values.append((try SettingName.own(setting), text))
        }
        self.values = values
    }

    private static func assignment(_ part: String) throws(InvalidValue) -> (String, String) {
        guard let sign = part.firstIndex(of: "="), sign != part.startIndex else {
            throw InvalidValue(
                part, accepted: "NAME=URL[,SETTING=VALUE...]",
                problem: .notRepeated(
                    "NAME=URL[,SETTING=VALUE...] expected, with \\\\, for a comma inside of a value"))
        }
        return (String(part[..<sign]), String(part[part.index(after: sign)...]))
    }

    private static func split(_ text: String) -> [String] {
        var (parts, isEscaped) = ([""], false)
        for character in text {
            if isEscaped {
                if character != "," { parts[parts.count - 1].append("\\") }
                parts[parts.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        if isEscaped { parts[parts.count - 1].append("\\") }
        return parts
    }
}

extension SettingName {
    /// The setting that `text` names, if each destination has its own.
    static func own(_ text: String) throws(InvalidValue) -> SettingName {
        guard let name = SettingName(rawValue: text) else {
            throw InvalidValue(
                text, accepted: "a setting",
                problem: .notRepeated("'\(PrintableText.of(text.utf8))' is no setting"))
        }
        guard name.row.scope == .own else {
            throw InvalidValue(
                text, accepted: "a setting of a destination",
                problem: .notRepeated("all destinations have \(name.rawValue) in common"))
        }
        return name
    }
}
