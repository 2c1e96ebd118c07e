internal import Logging

/// What the agent logs with: one place to write, two switches.
struct Loggers: Sendable {
    /// Everything that happens.
    let events: Logger
    /// One line per copy, whatever the level is: `--request-log` is its switch.
    let requests: Logger
    /// Changes that operators make, whatever the level is: a level, too, can be changed.
    let changes: Logger

    init(_ file: LogFile) {
        events = Logger(label: "spoa-mirror") { _ in LineLogHandler(file: file) }
        requests = Logger(label: "requests") { _ in LineLogHandler(file: file, isFiltered: false) }
        changes = Logger(label: "changes") { _ in LineLogHandler(file: file, isFiltered: false) }
    }
}
