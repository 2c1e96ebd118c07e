internal import Logging

/// What the agent logs with: one place to write, two switches.
struct Loggers: Sendable {
    /// Everything that happens.
    let events: Logger
    /// One line per request, whatever the level is: `--request-log` is its switch.
    let requests: RequestLog
    /// Changes that operators make, whatever the level is: a level, too, can be changed.
    let changes: Logger

    init(_ file: LogFile) {
        events = Logger(label: "spoa-mirror") { _ in LineLogHandler(file: file) }
        requests = RequestLog(
            Logger(label: "requests") { _ in LineLogHandler(file: file, isFiltered: false) })
        changes = Logger(label: "changes") { _ in LineLogHandler(file: file, isFiltered: false) }
    }
}

/// swift-log's back end: one line per event, in the form that its reader wants.
private struct LineLogHandler: LogHandler {
    let file: LogFile
    /// False takes lines of every level: for a log that has a switch of its own.
    var isFiltered = true
    /// The level of all loggers, which the operator may change at any time.
    var logLevel: Logger.Level {
        get { isFiltered ? file.level : .trace }
        // A level of one logger alone is not offered.
        nonmutating set {}
    }
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        file.write(line: file.format.line(event.level, "\(event.message)"))
    }
}
