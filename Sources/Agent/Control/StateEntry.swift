internal import AdminSocket

extension StateFile {
    /// One thing that a state file says.
    enum Entry: Equatable, Sendable {
        case set(SettingName, String)
        case pause
        /// Seconds since 1970.
        case pauseUntil(Int)
        case resume
        /// A destination beside the default one, and where it is.
        case add(DestinationName, String)
        /// One that the command line has is not there.
        case delete(DestinationName)
        case setOwn(DestinationName, SettingName, String)
        /// Of one destination; nil when nothing but `resume` ends it, else seconds since 1970.
        case pauseOwn(DestinationName, until: Int?)

        /// It is about the pause of all destinations.
        var isPauseOfAll: Bool {
            switch self {
            case .pause, .pauseUntil, .resume: true
            default: false
            }
        }

        /// The destination whose own pause it is.
        var pausedDestination: DestinationName? {
            if case .pauseOwn(let name, _) = self { name } else { nil }
        }
    }

    /// What a state file says as a whole.
    struct Held: Equatable, Sendable {
        /// Values as they are written.
        var settings: [SettingName: String] = [:]
        /// `pause` or `pauseUntil`.
        var pause: Entry?
        /// What it says of destinations by their names, in its order.
        var others: [Other] = []

        /// What it says of one.
        struct Other: Equatable, Sendable {
            let name: DestinationName
            /// Where it is, if the file adds it.
            var url: String?
            var isDeleted = false
            var settings: [SettingName: String] = [:]
            /// `pauseOwn`.
            var pause: Entry?

            var entries: [Entry] {
                let own = SettingName.allCases.compactMap { setting in
                    settings[setting].map { Entry.setOwn(name, setting, $0) }
                }
                return [isDeleted ? .delete(name) : nil, url.map { .add(name, $0) }].compactMap(\.self) + own
                    + [pause].compactMap(\.self)
            }
        }

        /// What it says of the destination `name`; nil for nothing.
        func other(_ name: DestinationName) -> Other? { others.first { $0.name == name } }
    }
}

extension StateFile.Entry {
    /// The end of the year 9999, in seconds since 1970: times are added to, and may not overflow.
    private static var latest: Int { 253_402_300_799 }

    /// How a state file says it.
    var line: String {
        switch self {
        case .set(let name, let value): "set \(name.rawValue) \(RequestLine.escape(value))"
        case .pause: "pause"
        case .pauseUntil(let end): "pause until \(end)"
        case .resume: "resume"
        case .add(let name, let url): "add destination \(name) \(RequestLine.escape(url))"
        case .delete(let name): "delete destination \(name)"
        case .setOwn(let name, let setting, let value):
            "set \(name) \(setting.rawValue) \(RequestLine.escape(value))"
        case .pauseOwn(let name, nil): "pause \(name)"
        case .pauseOwn(let name, let end?): "pause \(name) until \(end)"
        }
    }

    /// Nil when `words` say nothing that a state file can.
    init?(_ words: [String]) {
        switch (words.first, words.count) {
        case ("set", 3):
            guard let name = SettingName(rawValue: words[1]) else { return nil }
            self = .set(name, words[2])
        case ("set", 4):
            guard let name = DestinationName(words[1]), let setting = SettingName(rawValue: words[2]) else {
                return nil
            }
            self = .setOwn(name, setting, words[3])
        case ("add", 4):
            guard words[1] == "destination", let name = DestinationName(words[2]) else { return nil }
            self = .add(name, words[3])
        case ("delete", 3):
            guard words[1] == "destination", let name = DestinationName(words[2]) else { return nil }
            self = .delete(name)
        case ("pause", 1): self = .pause
        case ("pause", 2):
            guard let name = DestinationName.named(words[1]) else { return nil }
            self = .pauseOwn(name, until: nil)
        case ("pause", 3):
            guard words[1] == "until", let end = Self.time(words[2]) else { return nil }
            self = .pauseUntil(end)
        case ("pause", 4):
            guard let name = DestinationName.named(words[1]), words[2] == "until",
                let end = Self.time(words[3])
            else { return nil }
            self = .pauseOwn(name, until: end)
        case ("resume", 1): self = .resume
        default: return nil
        }
    }

    private static func time(_ text: String) -> Int? { Int(text).flatMap { 0...latest ~= $0 ? $0 : nil } }
}

extension StateFile.Held {
    /// Of things that say the same, the last one counts.
    init(_ entries: [StateFile.Entry]) {
        for entry in entries {
            switch entry {
            case .set(let name, let value): settings[name] = value
            case .pause, .pauseUntil: pause = entry
            case .resume: pause = nil
            case .add(let name, let url): change(name) { $0.url = url }
            case .delete(let name): change(name) { $0 = Other(name: name, isDeleted: true) }
            case .setOwn(let name, let setting, let value): change(name) { $0.settings[setting] = value }
            case .pauseOwn(let name, _): change(name) { $0.pause = entry }
            }
        }
    }

    private mutating func change(_ name: DestinationName, _ body: (inout Other) -> Void) {
        let index = others.firstIndex { $0.name == name } ?? others.endIndex
        if index == others.endIndex { others.append(Other(name: name)) }
        body(&others[index])
    }
}
