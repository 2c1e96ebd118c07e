/// What somebody meant who called a command in the words of another program, or in those of a sentence.
package enum Rewording {
    /// The command that was meant: `pause for 10m`, `set timeout=5s`, `set sample rate 10 %`, `SHOW INFO`. Nil when there is none
    /// that fits.
    static func of(_ words: [String]) -> [String]? {
        let small = words.map { $0.lowercased() }
        if small != words, isSound(small) { return small }
        let fit = Fit(words)
        // Only the time is missing.
        guard let command = fit.command, fit.term?.isEmpty != true else { return nil }
        let arguments =
            switch command.name {
            case .set: timed(fit.arguments, least: 2, ofSetting)
            case .reset: ofSetting(fit.arguments)
            case .setURL: timed(fit.arguments, least: 1) { joined(withoutFillers($0)) }
            default: joined(withoutFillers(fit.arguments))
            }
        let new = command.words + arguments
        return new != words && isSound(new) ? new : nil
    }

    /// `pause` or `resume`, for a word that switches a pause on or off. Nil for a pause as it should be.
    static func ofPause(_ fit: Fit) -> String? {
        guard fit.command?.name == .pause, fit.arguments.count == 1 else { return nil }
        if on.contains(fit.arguments[0]) { return "pause" }
        // No time at all is a time that is too short.
        return off.contains(fit.arguments[0]) && fit.arguments[0] != "0" ? "resume" : nil
    }

    /// Whether a word switches something on or off in the mind of who types it.
    package static func switches(_ word: String) -> Bool { on.contains(word) || off.contains(word) }

    /// The command without its time, for a change that is to stay: `set timeout 5s for ever`. The same as `ofPause` for a pause.
    static func ofTime(_ fit: Fit) -> [String]? {
        if let pause = ofPause(fit) { return [pause] }
        guard let command = fit.command, let term = fit.term, let word = term.first?.lowercased(),
            ["ever", "good", "always", "forever", "indefinitely", "life"].contains(word)
        else { return nil }
        return command.words + command.splitTerm(fit.arguments).own
    }

    static let on: Set = [
        "on", "yes", "true", "now", "all", "forever", "indefinitely", "mirroring", "traffic", "enable",
    ]
    static let off: Set = ["off", "no", "false", "end", "stop", "never", "disable", "0"]

    /// Whether the words are a command with arguments that it may well take.
    private static func isSound(_ words: [String]) -> Bool {
        let fit = Fit(words)
        guard fit.kind == .fits, let command = fit.command else { return false }
        switch command.name {
        case .pause, .waitDrained: return fit.arguments.allSatisfy(isDuration)
        case .set:
            return SettingName(rawValue: fit.arguments[0]) != nil && fit.term.map(isTime) ?? true
        case .reset: return fit.arguments == ["all"] || SettingName(rawValue: fit.arguments[0]) != nil
        case .setURL:
            return command.splitTerm(fit.arguments).own.allSatisfy { !fillers.contains($0) }
                && fit.term.map(isTime) ?? true
        case .probe: return fit.arguments.allSatisfy { !fillers.contains($0) }
        default: return true
        }
    }

    private static func isDuration(_ text: String) -> Bool {
        let unit = text.drop { $0.isNumber || $0 == "." }
        return unit.count < text.count && ["us", "ms", "s", "m", "h", "d"].contains(unit)
    }

    private static func isTime(_ words: [String]) -> Bool { words.count == 1 && isDuration(words[0]) }

    /// What `rest` makes of arguments, with the time behind them: `for 10 minutes`, and `10m` behind `least` arguments.
    private static func timed(
        _ arguments: [String], least: Int, _ rest: ([String]) -> [String]
    ) -> [String] {
        for count in least..<max(least, arguments.count) where arguments[count].lowercased() == "for" {
            let (own, time) = (rest(Array(arguments[..<count])), joined(Array(arguments[(count + 1)...])))
            if isTime(time), own.count >= least { return own + ["for"] + time }
        }
        let words = rest(arguments)
        // A rule for a field has a blank before its value.
        guard words.count > least, let time = words.last, isDuration(time),
            words[words.count - 2].last != ":"
        else { return words }
        return words.dropLast() + ["for", time]
    }

    private static let fillers: Set = [
        "for", "to", "=", ":", "is", "as", "by", "in", "of", "the", "with",
    ]

    /// Without words that a sentence has and a command does not, and without the dashes of an option.
    private static func withoutFillers(_ arguments: [String]) -> [String] {
        arguments.map { $0.hasPrefix("--") ? String($0.dropFirst(2)) : $0 }.filter { !fillers.contains($0) }
    }

    /// A number and the unit behind it in one word.
    private static func joined(_ arguments: [String]) -> [String] {
        arguments.reduce(into: []) { result, word in
            guard let last = result.last, last.last?.isNumber == true, last.first?.isNumber == true,
                let unit = unit(word)
            else { return result.append(word) }
            result[result.count - 1] = last + unit
        }
    }

    private static func unit(_ word: String) -> String? {
        switch word.lowercased() {
        case "%", "percent": "%"
        case "us", "ms", "d", "h", "m", "s": word.lowercased()
        case "sec", "secs", "second", "seconds": "s"
        case "min", "mins", "minute", "minutes": "m"
        case "hour", "hours": "h"
        case "day", "days": "d"
        default: nil
        }
    }

    /// The name of a setting in one word, and its value in another.
    private static func ofSetting(_ arguments: [String]) -> [String] {
        var words = withoutFillers(arguments)
        // timeout=5s, timeout:5s
        if let first = words.first, let mark = first.firstIndex(where: { "=:".contains($0) }) {
            let value = String(first[mark...].dropFirst())
            words.replaceSubrange(0...0, with: [String(first[..<mark])] + (value.isEmpty ? [] : [value]))
        }
        // sample rate
        for count in stride(from: min(4, words.count), to: 1, by: -1) {
            let name = words.prefix(count).joined(separator: "-")
            guard SettingName(rawValue: name) != nil else { continue }
            words.replaceSubrange(0..<count, with: [name])
            break
        }
        guard let first = words.first, let name = SettingName(rawValue: first), words.count > 2 else {
            return joined(words)
        }
        let values = words.dropFirst()
        switch name {
        case .methods:
            let list = values.joined(separator: ",").split(separator: ",")
            return [words[0], list.joined(separator: ",")]
        case .markHeader:
            let value = values.joined(separator: " ")
            return [words[0], value.filter { $0 != "'" && $0 != "\"" }]
        default: return joined(words)
        }
    }
}
