internal import AdminSocket
internal import System

/// Carries out the commands of one admin connection.
struct AdminCommands {
    /// How a command is answered.
    enum Answer {
        case now(Reply)
        /// Once the wait that this begins is over.
        case later((@escaping AdminWait.Finish) -> any AdminWait)
    }

    let agent: RunningAgent
    /// Of the socket.
    let level: Level
    /// The process at its other end.
    let peer: PeerCredentials

    /// Answers `call`, whose level and number of arguments are right. Those that belong to the connection itself (`prompt`,
    /// `quit`, `set severity-output`) are not its business.
    func answer(_ call: Command.Call) throws(CommandError) -> Answer {
        switch call.command.name {
        case .prompt, .quit, .setSeverityOutput: .now(.silence)
        case .help: .now(.data(try Dialect.socket(level).help(on: call.arguments)))
        case .showVersion: .now(.data([Version.number]))
        case .showInfo: report(call, .info(agent, level: level))
        case .showStat: report(call, .stat(agent.statistics))
        case .showMetrics:
            .now(.data(agent.metrics.split(separator: "\n").map(String.init)))
        case .showDestinations: report(call, .destinations(agent))
        case .showSettings: report(call, try settings(of: call.destination ?? .standard))
        case .showErrors:
            report(call, .errors(RecentFailures.newest(of: agent.workers.map(\.failures))))
        case .showConnections: connections(isJSON: !call.arguments.isEmpty)
        case .addDestination: try addDestination(call.arguments)
        case .deleteDestination: .now(try deleteDestination(call.arguments[0]))
        case .pause: try pause(call.arguments.first, call.destination)
        case .resume: try resume(call.destination)
        case .set: .now(try set(call))
        case .reset:
            if let name = call.destination, name != .standard {
                try reset(call.arguments[0], of: name)
            } else {
                try resetAndProbe(call.arguments[0])
            }
        case .setURL: try setURL(call)
        case .probe: try probe(call.arguments.first, of: call.destination)
        case .flush: flush()
        case .clearCounters: .now(clearCounters())
        case .waitDrained: try waitDrained(call.arguments.first)
        case .saveState: try saveState()
        }
    }

    // MARK: reading

    /// The one argument of a report is `json`.
    private func report(_ call: Command.Call, _ report: Report) -> Answer {
        .now(report.reply(isJSON: !call.arguments.isEmpty))
    }

    private func connections(isJSON: Bool) -> Answer {
        .later { [agent] in ConnectionsWait(agent, isJSON: isJSON, finished: $0) }
    }

    private func waitDrained(_ text: String?) throws(CommandError) -> Answer {
        let limit = try text.map { text throws(CommandError) in try duration(text) }
        return .later { [agent] in DrainedWait(agent, limit: limit, finished: $0) }
    }

    // MARK: changing

    /// Logs that `thing` was changed, and answers so.
    func changed(_ thing: String, _ text: String) -> Reply {
        agent.changes.note(thing, text, by: peer)
        return .message(text)
    }

    private func duration(
        _ text: String, from least: Duration = .milliseconds(1)
    ) throws(CommandError) -> Duration {
        do throws(InvalidValue) { return try OptionParsers.interval(from: least)(text) } catch {
            throw CommandError(error.sentence)
        }
    }

    private func pause(_ text: String?, _ name: DestinationName?) throws(CommandError) -> Answer {
        let time = try text.map { text throws(CommandError) in try duration(text, from: .seconds(1)) }
        guard let name else { return try kept("pause") { agent.settings.brake(for: time, finished: $0) } }
        return try kept("pause of \(name)") { finished throws(CommandError) in
            try valid { () throws(InvalidValue) in
                try agent.settings.brake(name, for: time, finished: finished)
            }
        }
    }

    private func resume(_ name: DestinationName?) throws(CommandError) -> Answer {
        guard let name else { return try kept("pause") { agent.settings.release(finished: $0) } }
        return try kept("pause of \(name)") { finished throws(CommandError) in
            try valid { () throws(InvalidValue) in try agent.settings.release(name, finished: finished) }
        }
    }

    /// The time of a change, of at least a second; nil for one that stays.
    func term(of call: Command.Call) throws(CommandError) -> Duration? {
        try call.command.splitTerm(call.arguments).term?.first.map { text throws(CommandError) in
            try duration(text, from: .seconds(1))
        }
    }

    private func set(_ call: Command.Call) throws(CommandError) -> Reply {
        let (name, value) = (call.arguments[0], call.arguments[1])
        let time = try term(of: call)
        // Its blanks are not escaped, or the value is empty: the one would take effect as the other. It may be a secret.
        if time != nil, name == SettingName.headers.rawValue, value.last == ":" {
            throw CommandError(
                "Invalid value: is 'for' a part of it? Escape or quote its blanks; an empty one before 'for' is an escaped blank."
            )
        }
        return try set(name, value, of: call.destination, for: time)
    }

    func set(
        _ name: String, _ value: String, of destination: DestinationName?, for time: Duration? = nil
    ) throws(CommandError) -> Reply {
        let setting = try setting(name, for: "set", value)
        let text = try valid { () throws(InvalidValue) in
            try agent.settings.set(setting, to: value, of: destination ?? .standard, for: time)
        }
        return changed(destination.map { "\($0) \(name)" } ?? name, text)
    }

    /// What `body` returns; what it cannot take is the client's mistake.
    func valid<Value>(_ body: () throws(InvalidValue) -> Value) throws(CommandError) -> Value {
        do throws(InvalidValue) { return try body() } catch { throw CommandError(error.sentence) }
    }

    func reset(_ name: String) throws(CommandError) -> Answer {
        let setting = name == "all" ? nil : try setting(name, for: "reset")
        return try kept(setting?.rawValue ?? "settings") { finished throws(CommandError) in
            do throws(InvalidValue) {
                guard let setting else { return try agent.settings.resetAll(finished: finished) }
                try agent.settings.reset(setting, finished: finished)
            } catch {
                throw CommandError(error.sentence)
            }
        }
    }

    func setting(
        _ name: String, for verb: String, _ value: String? = nil
    ) throws(CommandError) -> SettingName {
        guard let setting = SettingName(rawValue: name) else {
            throw CommandError(Dialect.socket().unknown(setting: name, for: verb, value: value))
        }
        return setting
    }

    /// HAProxy's operators write `clear counters all`.
    private func clearCounters() -> Reply {
        agent.statistics.clear()
        return changed("counters", "Counters cleared.")
    }

    private func saveState() throws(CommandError) -> Answer {
        guard let file = agent.settings.file else {
            throw CommandError("No state file (start the daemon with --state-file FILE).")
        }
        let late = CommandError("The state file is still being written: the log says when it is.")
        return try keeping(late: .failure(late)) { finished in
            agent.settings.save(to: file) { result in
                switch result {
                case .success(let count):
                    let names = agent.settings.temporary.all.map(\.name.rawValue).joined(separator: ", ")
                    let rest = names.isEmpty ? "" : " For a time, and not saved: \(names)."
                    let settings = "\(count) setting\(count == 1 ? "" : "s")"
                    let text = "State saved to \(file.path) (\(settings)).\(rest)"
                    finished(.success(changed("state file", text)))
                case .failure(let error):
                    let text = "\(error)."
                    finished(.failure(CommandError(text.prefix(1).uppercased() + text.dropFirst())))
                }
            }
        }
    }
}
