internal import AdminSocket
internal import Stats

/// Commands about destinations beside the default one.
extension AdminCommands {
    /// `<name> <url> [<setting> <value> ...]`
    func addDestination(_ arguments: [String]) throws(CommandError) -> Answer {
        guard let name = DestinationName(arguments[0]) else {
            throw CommandError(
                arguments[0] == DestinationName.standard.text
                    ? "The destination default is always there: 'set url' changes where it is."
                    : "Invalid name: '\(arguments[0])' (\(DestinationName.accepted)).")
        }
        let rest = arguments.dropFirst(2)
        guard rest.count.isMultiple(of: 2) else {
            throw CommandError("Missing argument: a value for '\(rest.last ?? "")' expected.")
        }
        var values: [(setting: SettingName, text: String)] = []
        for index in stride(from: rest.startIndex, to: rest.endIndex, by: 2) {
            _ = try setting(rest[index], for: "set")
            let own = try valid { () throws(InvalidValue) in try SettingName.own(rest[index]) }
            values.append((own, rest[index + 1]))
        }
        let text = try valid { () throws(InvalidValue) in
            try agent.settings.add(name, at: arguments[1], values)
        }
        return probing(changed("destination \(name)", text), try destination(nil, of: name))
    }

    func deleteDestination(_ text: String) throws(CommandError) -> Reply {
        guard let name = DestinationName(text) else {
            throw CommandError(
                text == DestinationName.standard.text
                    ? "The destination default is always there: 'pause default' stops its copies."
                    : "There is no destination '\(text)': 'show destinations' lists them.")
        }
        let books = agent.states[name].map { agent.statistics.total.of($0.destination) }
        let deleted = try valid { () throws(InvalidValue) in try agent.settings.delete(name) }
        return changed("destination \(name)", deleted + (books.map { " \($0.account)" } ?? ""))
    }

    func reset(_ text: String, of name: DestinationName) throws(CommandError) -> Answer {
        let names = text == "all" ? SettingName.allCases : [try setting(text, for: "reset")]
        return try kept("\(name) \(text == "all" ? "settings" : text)") { finished throws(CommandError) in
            try valid { () throws(InvalidValue) in
                try agent.settings.reset(names, of: name, finished: finished)
            }
        }
    }

    /// `show settings` of one.
    func settings(of name: DestinationName) throws(CommandError) -> Report {
        guard name != .standard else { return .settings(agent.settings) }
        return try valid { () throws(InvalidValue) in try .settings(agent.settings, of: name) }
    }
}
