internal import AdminSocket
internal import System

/// Destinations beside the one that is always there, changed while the agent runs. On the main thread.
extension SettingsController {
    /// What is known of one beside its settings.
    struct Other {
        /// Of each setting that somebody has set.
        var origins: [SettingName: Origin] = [:]
        /// Where the destination itself came from.
        let origin: Origin
        /// What is set for a time.
        var temporary = TemporaryChanges()
    }

    /// Adds one, and says so: `Destination ids added: http://...`. Throws when there is one of that name, when there are as many as may
    /// be, or when a value is none.
    func add(
        _ name: DestinationName, at url: String, _ values: [(setting: SettingName, text: String)],
        origin: Origin = .runtime
    ) throws(InvalidValue) -> String {
        guard !settings.allDestinations.contains(where: { $0.name == name }) else {
            throw Self.refusal("there is a destination \(name); 'set \(name) url' changes where it is")
        }
        guard settings.others.count < DestinationName.most else {
            throw Self.refusal(
                "there are \(DestinationName.most) destinations beside default, and no more can be")
        }
        let new = try NamedDestination(name, at: url, values, beside: base.with(limit: settings.memoryLimit))
        change { $0.others.append(new) }
        others[name] = Other(
            origins: new.given.union([.url]).reduce(into: [:]) { $0[$1] = origin }, origin: origin)
        publishChange()
        return "Destination \(name) added: \(new.settings.url.text).\(shareNote)"
    }

    /// Takes one away: its copies drain. Throws when there is none of that name.
    func delete(_ name: DestinationName) throws(InvalidValue) -> String {
        let index = try index(of: name)
        change { $0.others.remove(at: index) }
        others[name] = nil
        pauseEnds[name] = nil
        publishChange()
        return "Destination \(name) deleted; copies that were made for it still go there."
    }

    /// Changes one setting of one, and says so. With a `duration` of at least a second, the value before comes back behind it.
    func set(
        _ setting: SettingName, to text: String, of name: DestinationName, origin: Origin = .runtime,
        for duration: Duration? = nil
    ) throws(InvalidValue) -> String {
        guard name != .standard else { return try set(setting, to: text, origin: origin, for: duration) }
        let index = try index(of: name)
        let own = try SettingName.own(setting.rawValue)
        var seen = settings.seen(by: settings.others[index].settings)
        let (old, oldText) = (seen.shownText(of: own), seen.text(of: own))
        try seen.set(own, to: text)
        if let field = seen.destination.style.ruleOnMark, origin == .runtime {
            throw InvalidValue(
                "", accepted: "",
                problem: .notRepeated("no rule changes \(field): it is the mark (mark-header)"))
        }
        change {
            $0.others[index].settings = seen.destination
            $0.bodyWatch = seen.bodyWatch
        }
        let before = others[name]?.origins[own]
        if let duration {
            let deadline = Deadline(after: duration, at: wallClock())
            others[name]?.temporary.begin(own, until: deadline, value: oldText, origin: before)
        } else {
            others[name]?.temporary.end(own)
        }
        others[name]?.origins[own] = origin
        publishChange()
        let time =
            duration.map { " for \(TimeValue.format($0)), then back to \(shownReturn(of: own, name))" } ?? ""
        let change = own == .sampleSalt ? "is now" : "set to"
        return "\(own.row.label) of \(name) \(change) \(seen.shownText(of: own))\(time) (was \(old))."
    }

    /// Gives settings of one the values that they have without any change at run time. `finished` gets what there is to say once
    /// they are out of the state file.
    func reset(
        _ names: [SettingName], of name: DestinationName, finished: @escaping (String) -> Void
    ) throws(InvalidValue) {
        let index = try index(of: name)
        let other = settings.others[index]
        let base = settings.seen(by: other.base)
        var seen = settings.seen(by: other.settings)
        var list: [String] = []
        for setting in names
        where setting.row.scope == .own && seen.text(of: setting) != base.text(of: setting) {
            let old = seen.shownText(of: setting)
            try seen.set(setting, to: base.text(of: setting))
            list.append("\(setting.rawValue) to \(seen.shownText(of: setting)) (was \(old))")
        }
        seen.destination.isPaused = other.settings.isPaused
        change { $0.others[index].settings = seen.destination }
        for setting in names {
            others[name]?.origins[setting] = other.given.contains(setting) ? .option : nil
            others[name]?.temporary.end(setting)
        }
        publishChange()
        let text =
            list.isEmpty
            ? "Nothing of \(name) is changed." : "Reset of \(name): \(list.joined(separator: ", "))."
        guard let file else { return finished(text) }
        file.make(.forgetOwn(name, Set(names))) { result in
            guard case .failure(let error) = result else { return finished(text) }
            finished("\(text) But a restart brings back what the state file says: \("\(error)".asSentence)")
        }
    }

    /// The settings as one sees them. Throws when there is none of that name.
    func seen(by name: DestinationName) throws(InvalidValue) -> Settings {
        name == .standard ? settings : settings.seen(by: settings.others[try index(of: name)].settings)
    }

    func index(of name: DestinationName) throws(InvalidValue) -> Int {
        guard let index = settings.others.firstIndex(where: { $0.name == name }) else {
            throw Self.refusal("there is no destination \(name)")
        }
        return index
    }

    static func refusal(_ text: String) -> InvalidValue {
        InvalidValue("", accepted: "", problem: .destination(text))
    }

    /// What becomes of the memory for copies.
    private var shareNote: String {
        let all = settings.maxQueueBytes
        let share = QueueBytes(all, destinations: settings.others.count + 1).ofOne
        return
            " Each of \(settings.others.count + 1) destinations may hold \(SizeValue.format(share)) of copies."
    }
}

extension Settings {
    /// With what memory allows.
    fileprivate func with(limit: MemoryLimit?) -> Settings {
        var settings = self
        settings.memoryLimit = limit
        if let limit { settings.maxQueueBytes = min(maxQueueBytes, limit.forCopies) }
        return settings
    }
}
