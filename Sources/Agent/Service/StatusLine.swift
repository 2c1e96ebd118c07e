internal import Stats

/// One line on what the agent does: its state, and rates since the line before.
struct StatusLine {
    private var last: (snapshot: Snapshot, time: Double)?

    /// The line for `snapshot`, taken at `now` in seconds of the monotonic clock.
    mutating func next(_ state: String, _ snapshot: Snapshot, now: Double) -> String {
        defer { last = (snapshot, now) }
        guard let last, now > last.time else { return state }
        func rate(_ counters: [Counter]) -> Int {
            let count = Double(snapshot.sum(counters)) - Double(last.snapshot.sum(counters))
            return Int((max(0, count) / (now - last.time)).rounded())
        }
        return """
            \(state): \(rate([.received])) requests/s, \(rate(Counter.responses)) copies answered/s, \
            \(rate(Counter.dropped)) dropped/s, \(rate(Counter.failed)) failed/s, \
            \(snapshot[.queued]) waiting
            """
    }
}
