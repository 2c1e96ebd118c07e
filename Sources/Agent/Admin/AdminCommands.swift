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
        case .help: .now(.data(try help(call.arguments)))
        case .showVersion: .now(.data([Version.number]))
        case .showInfo: try report(call, .info(agent))
        case .showStat: try report(call, .stat(agent.statistics))
        case .showMetrics:
            .now(.data(agent.metrics.split(separator: "\n").map(String.init)))
        case .showSettings: try report(call, .settings(agent.settings))
        case .showErrors:
            try report(call, .errors(RecentFailures.newest(of: agent.workers.map(\.failures))))
        case .showConnections: try connections(isJSON: has("json", call))
        case .pause: .now(try pause(call.arguments.first))
        case .resume: .now(resume())
        case .set: .now(try set(call.arguments[0], call.arguments[1]))
        case .clearCounters: .now(try clearCounters(call))
        case .waitDrained: try waitDrained(call.arguments.first)
        case .saveState: .now(try saveState())
        }
    }

    // MARK: reading

    private func help(_ arguments: [String]) throws(CommandError) -> [String] {
        let commands = Command.table.filter {
            $0.level <= level && (arguments.isEmpty || $0.words.starts(with: arguments))
        }
        guard !commands.isEmpty else {
            throw CommandError("Unknown command: '\(arguments.joined(separator: " "))', try 'help'.")
        }
        var rows = commands.map { ($0.usage, $0.help) }
        if arguments == ["set"], level == .admin {
            rows += SettingName.allCases.map { ("  set \($0.rawValue) <value>", $0.row.help) }
        }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { usage, help in
            usage + String(repeating: " ", count: width - usage.count + 2) + help
        }
    }

    /// Whether `call` has its one argument, which can only be `expected`.
    private func has(_ expected: String, _ call: Command.Call) throws(CommandError) -> Bool {
        guard let word = call.arguments.first else { return false }
        guard word == expected else {
            throw CommandError("Unexpected argument: '\(word)' ('\(call.command.usage)' expected).")
        }
        return true
    }

    private func report(_ call: Command.Call, _ report: Report) throws(CommandError) -> Answer {
        .now(report.reply(isJSON: try has("json", call)))
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
    private func changed(_ thing: String, _ text: String) -> Reply {
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

    private func pause(_ text: String?) throws(CommandError) -> Reply {
        guard let text else {
            agent.settings.pause(for: nil)
            return changed("pause", "Mirroring paused.")
        }
        let duration = try duration(text, from: .seconds(1))
        agent.settings.pause(for: duration)
        return changed("pause", "Mirroring paused for \(TimeValue.format(duration)).")
    }

    private func resume() -> Reply {
        agent.settings.resume()
        return changed("pause", "Mirroring resumed.")
    }

    private func set(_ name: String, _ value: String) throws(CommandError) -> Reply {
        guard let setting = SettingName(rawValue: name) else {
            let names = SettingName.allCases.map(\.rawValue)
            let option = Setting.table.first { $0.option == name }?.name.rawValue
            let hint = (option ?? Suggestion.nearest(to: name, in: names)).map { "did you mean '\($0)'?" }
            throw CommandError("Unknown setting: '\(name)', \(hint ?? "'show settings' lists them.")")
        }
        do throws(InvalidValue) { return changed(name, try agent.settings.set(setting, to: value)) } catch {
            throw CommandError(error.sentence)
        }
    }

    /// HAProxy's operators write `clear counters all`.
    private func clearCounters(_ call: Command.Call) throws(CommandError) -> Reply {
        _ = try has("all", call)
        agent.statistics.clear()
        return changed("counters", "Counters cleared.")
    }

    private func saveState() throws(CommandError) -> Reply {
        guard let path = agent.configuration.stateFile else {
            throw CommandError("No state file (start the daemon with --state-file FILE).")
        }
        do throws(SystemError) {
            let count = try StateFile(path: path).save(agent.settings)
            return changed("state file", "State saved to \(path) (\(count) settings).")
        } catch {
            let text = "\(error)."
            throw CommandError(text.prefix(1).uppercased() + text.dropFirst())
        }
    }
}
