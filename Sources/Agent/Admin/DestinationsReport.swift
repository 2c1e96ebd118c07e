internal import AdminSocket
internal import Stats

extension Report {
    /// `show destinations`: each one's name, place, state and books. In text a paragraph for each, `Name: value` one a line.
    static func destinations(_ agent: RunningAgent) -> Report {
        let total = agent.statistics.sinceCleared
        let all = agent.states.all.map { fields(of: $0, total.of($0.destination)) }
        let lines = all.enumerated().flatMap { index, fields in
            (index == 0 ? [] : [""])
                + fields.map { "\($0.name.prefix(1).uppercased())\($0.name.dropFirst()): \($0.text)" }
        }
        return Report(
            lines: lines, json: ["format": JSON(1), "destinations": JSON(all.map { JSON($0) })])
    }

    private static func fields(of watch: StateWatch, _ books: Snapshot) -> [Field] {
        let (report, settings) = (watch.report, watch.destination.settings)
        let answerAge = report.answerAge.map { Int($0) }
        let counters: [(String, UInt64)] = [
            ("received", books[.received]), ("skipped", books.sum(Counter.skipped)),
            ("dropped", books.sum(Counter.dropped)), ("completed", books[.completed]),
            ("failed", books.sum(Counter.failed)), ("queued", books[.queued]),
            ("in_flight", books[.inFlight]), ("queued_bytes", books[.queuedBytes]),
        ]
        return [
            Field("name", watch.destination.name.text),
            Field("url", settings.url.text),
            Field("state", report.state.rawValue),
            Field("state_since_sec", Int(report.age)),
            Field("state_reason", report.reason),
            Field("breaker", report.breaker.state.rawValue),
            Field("breaker_since_sec", Int(report.breakerAge)),
            Field("sample_rate", "\(settings.sampleRate)"),
            Field("last_answer_age_sec", JSON(answerAge), text: answerAge.map { "\($0)" } ?? "never"),
        ] + counters.map { Field($0.0, $0.1) }
    }
}
