internal import Logging

/// swift-log's back end: one line per event, in the form that its reader wants.
struct LineLogHandler: LogHandler {
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
