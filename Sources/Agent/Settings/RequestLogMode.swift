/// Whether each copy gets a line in the log, at its end.
enum RequestLogMode: String, CaseIterable, Sendable {
    case off = "off"
    case on = "on"
    /// With the query of its URL, which may hold what should not be in a log.
    case query = "query"
}
