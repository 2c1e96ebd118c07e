/// What somebody gets to read whose words are no command as they are: one line that leads on.
extension Dialect {
    /// The answer to words that call no command.
    package func unknown(_ words: [String]) -> String {
        let beginning = "Unknown command: '\(words.joined(separator: " "))'"
        let first = words.first ?? ""
        if let elsewhere = Synonyms.elsewhere[first] { return "\(beginning), \(elsewhere)." }
        let longer = rows.filter { $0.words.count > words.count && $0.words.starts(with: words) }
        if !words.isEmpty, let row = longer.first {
            return longer.count == 1
                ? "Missing argument: \(quote(row.usage)) expected."
                : "Missing argument: \(ways(behind: first))."
        }
        if let meant = meant(by: words) { return "\(beginning), did you mean \(quote(meant))?" }
        guard rows.contains(where: { $0.words.first == first && $0.words.count > 1 }) else {
            return "\(beginning), try \(quote("help"))."
        }
        return "\(beginning), \(ways(behind: first))."
    }

    private func ways(behind first: String) -> String {
        let ways = rows.map(\.words).filter { $0.first == first }.compactMap { $0.dropFirst().first }
        return "\(quote(first)) takes \(ways.joined(separator: ", "))"
    }

    /// The answer to words that call a command, but with arguments that it does not take.
    func misfit(_ fit: Fit, _ words: [String]) -> String {
        let isSet = fit.command?.words == ["set"]
        if let meant = (Rewording.ofTime(fit) ?? Rewording.of(words)).map(spelled) {
            return "Unknown command: '\(words.joined(separator: " "))', did you mean \(quote(meant))?"
        }
        let setting = fit.arguments.first.flatMap { SettingName(rawValue: $0) }
        if isSet, let name = fit.arguments.first, setting == nil {
            return unknown(setting: name, value: fit.arguments.dropFirst().first)
        }
        // A short form has a usage of its own.
        let time = fit.term == nil ? "" : " \(Command.term)"
        let own =
            isSet && fit.usage == fit.command?.usage
            ? setting.map { "set \($0.rawValue) \($0.row.values.joined(separator: "|"))\(time)" } : nil
        let usage = quote(own ?? fit.usage)
        let example = example(fit, words).map { ", such as \(quote($0))" } ?? ""
        guard case .unexpected(let index) = fit.kind else {
            return "Missing argument: \(usage) expected\(example)."
        }
        return "Unexpected argument: '\(fit.arguments[index])' (\(usage) expected\(example))."
    }

    /// With a time, for a command that takes nothing else, or lacks the one that it begins.
    private func example(_ fit: Fit, _ words: [String]) -> String? {
        if fit.term?.isEmpty == true { return spelled(words + ["10m"]) }
        guard fit.command?.arguments == "[<duration>]" else { return nil }
        return fit.usage.split(separator: " ").prefix { !Row.isArgument($0) }.joined(separator: " ") + " 10m"
    }

    /// Words as they have to be typed here.
    private func spelled(_ words: [String]) -> String {
        guard !prefix.isEmpty else { return words.map(RequestLine.escape).joined(separator: " ") }
        return words.map { $0.contains { " ;\\&|".contains($0) } ? "\"\($0)\"" : $0 }.joined(separator: " ")
    }

    /// The answer to `set` or `reset`, which is the `verb`, with the name of no setting.
    package func unknown(setting name: String, for verb: String = "set", value: String? = nil) -> String {
        let hint =
            command(for: name, verb, value).map(quote) ?? Self.setting(meantBy: name, verb).map { "'\($0)'" }
        let list = "\(quote("show settings")) lists them."
        return "Unknown setting: '\(name)', \(hint.map { "did you mean \($0)?" } ?? list)"
    }

    /// The command for what is no setting.
    private func command(for name: String, _ verb: String, _ value: String?) -> String? {
        switch name.lowercased() {
        case "paused", "pause", "disabled":
            verb == "reset" || Rewording.off.contains(value ?? "") ? "resume" : "pause"
        case "enabled", "mirroring":
            verb == "reset" || !Rewording.off.contains(value ?? "") ? "resume" : "pause"
        case "counters", "stats", "stat", "counter": verb == "reset" ? "clear counters" : nil
        default: nil
        }
    }

    private static func setting(meantBy name: String, _ verb: String) -> String? {
        let bare = String(name.lowercased().drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 })
        if verb == "reset", bare == "all" || bare == "everything" { return "all" }
        let known =
            SettingName(rawValue: bare) ?? Setting.table.first { $0.option == bare }?.name
            ?? Synonyms.setting(bare)
        return known?.rawValue ?? Suggestion.nearest(to: bare, in: SettingName.allCases.map(\.rawValue))
    }

    // MARK: what was meant

    private func meant(by words: [String]) -> String? {
        guard let first = words.first else { return nil }
        let small = words.map { $0.lowercased() }
        if small != words {
            if isKnown(small) { return small.joined(separator: " ") }
            if let meant = meant(by: small) { return meant }
        }
        if isKnown(Array(words.dropFirst())), Self.isPrefix(first, of: words) {
            return spelled(Array(words.dropFirst()))
        }
        if let setting = Self.setting(begunBy: words) { return setting }
        if let synonym = Synonyms.command(for: words) {
            // The client's own screen is none of the socket's commands.
            guard synonym == "status", !rows.contains(where: { $0.words == ["status"] }) else {
                return synonym
            }
            return Synonyms.command(for: ["status"])
        }
        // rate 10%
        let setting = words.count > 1 && first.count > 2 ? Self.setting(meantBy: first, "set") : nil
        return nearest(to: words) ?? setting.map { "set \($0)" }
    }

    /// Whether the words begin as a command of this place does.
    private func isKnown(_ words: [String]) -> Bool {
        rows.contains { words.starts(with: $0.words) } || Command.short(for: words) != nil
    }

    /// Whether a word before a command is nothing but one word too many; of one that changes something, only if it is surely so.
    private static func isPrefix(_ first: String, of words: [String]) -> Bool {
        let programs: Set = ["mirrorctl", "spoa-mirror", "haproxy", "sudo", "please", "run", "exec", "do"]
        let asksFor: Set = ["get", "list", "view", "print", "display", "see", "cat", "dump"]
        let isReport = Command.short(for: [words[1]])?.command.first == "show"
        return programs.contains(first) || first.hasPrefix("@") || asksFor.contains(first) && isReport
            || first != "show" && ["show", "status", "help"].contains(words[1])
    }

    /// The command for the name of a setting in a place where commands stand: `timeout 5s`, `sample rate 5%`, `set-timeout 5s`.
    private static func setting(begunBy words: [String]) -> String? {
        for verb in ["set", "reset"] where words[0].hasPrefix("\(verb)-") {
            let name = String(words[0].dropFirst(verb.count + 1))
            if name == "all", verb == "reset" { return "reset all" }
            if let setting = SettingName(rawValue: name) { return "\(verb) \(setting.rawValue)" }
        }
        for count in 1...4 {
            let name = String(words.prefix(count).joined(separator: "-").prefix { $0 != "=" })
            let option = Setting.table.first { $0.option == name }?.name
            if let setting = SettingName(rawValue: name) ?? option { return "set \(setting.rawValue)" }
        }
        return nil
    }

    private func nearest(to words: [String]) -> String? {
        let first = words[0]
        let short = Command.shortForms.map { [String($0.name)] }.filter { name in
            !rows.contains { $0.words == name }
        }
        let phrases = (rows.map(\.words) + short).filter { !words.starts(with: $0) }
        let candidates = phrases.map {
            ($0.joined(separator: " "), words.prefix($0.count).joined(separator: " "))
        }
        let longer = zip(phrases, candidates).filter { phrase, candidate in
            phrase.count == min(2, words.count) && candidate.1.count > 1 && candidate.0.hasPrefix(candidate.1)
        }
        if longer.count == 1 { return longer[0].1.0 }
        // A phrase may be near as a whole, written as one word, or only in its first word.
        let others = phrases.filter { $0.first != first }
        let nearest = Suggestion.nearest(
            candidates + others.map { ($0.joined(separator: " "), first) } + others.map { ($0[0], first) })
        let begun = rows.map(\.words).filter { $0[0] == nearest }
        return begun.count == 1 ? begun[0].joined(separator: " ") : nearest
    }
}
