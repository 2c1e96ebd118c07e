/// Which requests get a line in the log, each at its end.
enum RequestLogMode: String, CaseIterable, Sendable {
    case off = "off"
    /// Copies that were sent, and those that could not be for what they are.
    case on = "on"
    /// The same with the query of the URL, which may hold what should not be in a log.
    case query = "query"
    /// Every request, whatever became of it: those that are skipped or dropped, too. Without the query.
    case all = "all"
}

/// Lines a second that the request log takes, over all workers.
enum RequestLogRate {
    /// Of `auto`, for each mode; nil for as many as there are. Copies that are sent are bounded by the mirror, and what becomes of
    /// requests that are not is bounded by nothing: a line takes some microseconds of a worker.
    static func automatic(_ mode: RequestLogMode) -> Int? { mode == .all ? 1000 : nil }

    private static let range = 1...100_000

    /// `auto`, which is nil, or a number.
    static func parse(_ text: String) throws(InvalidValue) -> Int? {
        if text == "auto" { return nil }
        let accepted = "a number from \(range.lowerBound) to \(range.upperBound)"
        guard let rate = Int(text) else { throw InvalidValue(text, accepted: "auto, or \(accepted)") }
        guard range.contains(rate) else {
            throw InvalidValue(text, accepted: accepted, problem: .outOfRange)
        }
        return rate
    }
}
