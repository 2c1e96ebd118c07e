internal import AdminSocket
internal import Stats

/// What the daemon tells about itself, at the moment it is asked.
struct AgentReport {
    let configuration: Configuration
    let settings: Settings
    let snapshot: Snapshot
    /// In seconds.
    let uptime: Int
    let pid: Int32
    let backend: String
}

/// Turns a command into the lines of its answer.
struct AdminReplies {
    /// The level of the socket that asks.
    let level: Level

    /// The answer to `call`, without the empty line that ends it.
    func answer(_ call: Command.Call, _ report: () -> AgentReport) throws(CommandError) -> [String] {
        if call.command.name != .help, let extra = call.arguments.first {
            throw CommandError("Unexpected argument: '\(extra)'.")
        }
        return switch call.command.name {
        case .help: try help(call.arguments)
        case .prompt, .quit: []
        case .showVersion: [Version.number]
        case .showInfo: info(report())
        case .showStat: stat(report().snapshot)
        }
    }

    private func help(_ arguments: [String]) throws(CommandError) -> [String] {
        let commands = Command.table.filter {
            $0.level <= level && (arguments.isEmpty || $0.words.starts(with: arguments))
        }
        guard !commands.isEmpty else {
            throw CommandError("Unknown command: '\(arguments.joined(separator: " "))'.")
        }
        let calls = commands.map { ($0.words + [$0.arguments]).joined(separator: " ").trimmingBlanks }
        let width = calls.map(\.count).max() ?? 0
        return zip(calls, commands).map { call, command in
            call + String(repeating: " ", count: width - call.count + 2) + command.help
        }
    }

    private func info(_ report: AgentReport) -> [String] {
        [
            "Name: spoa-mirror",
            "Version: \(Version.number)",
            "Pid: \(report.pid)",
            "Uptime_sec: \(report.uptime)",
            "Listen: \(report.configuration.address)",
            "Destination: \(report.settings.destination.url)",
            "Sample_rate: \(report.settings.sampleRate)",
            "State: \(report.settings.isPaused ? "paused" : "mirroring")",
            "Tls_verification: \(report.settings.transport.isInsecure ? "off (--tls-insecure)" : "on")",
            "Http_version: \(report.settings.transport.httpVersion.rawValue)",
            "Workers: \(report.configuration.workers)",
            "Backend: \(report.backend)",
            "Libev: \(Version.libev)",
            "Libcurl: \(Version.libcurl)",
        ]
    }

    private func stat(_ snapshot: Snapshot) -> [String] {
        let durations = [
            ("ack_duration", snapshot.ackDurations), ("queue_duration", snapshot.queueDurations),
            ("request_duration", snapshot.requestDurations),
        ]
        return Counter.allCases.map { "\($0.name): \(snapshot[$0])" }
            + durations.flatMap { name, histogram in
                [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)].map { label, quantile in
                    "\(name)_\(label)_us: \(Int(((histogram.quantile(quantile) ?? 0) * 1e6).rounded()))"
                }
            } + ["spoe: \(snapshot.spoeFields)"]
    }
}

extension String {
    fileprivate var trimmingBlanks: String { String(reversed().drop { $0 == " " }.reversed()) }
}
