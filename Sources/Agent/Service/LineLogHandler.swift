internal import Logging

/// swift-log's back end: one line per event, in the form that its reader wants.
struct LineLogHandler: LogHandler {
    let file: LogFile
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        file.write(line: file.format.line(event.level, "\(event.message)"))
    }
}
