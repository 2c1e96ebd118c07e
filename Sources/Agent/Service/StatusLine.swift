internal import Stats

/// One line on what the agent does: its state, and the rates of the last interval.
struct StatusLine {
    private var last: (snapshot: Snapshot, time: Double)?
    private var rates = ""

    /// Ends an interval with `snapshot`, taken at `now` in seconds of the monotonic clock.
    mutating func tick(_ snapshot: Snapshot, now: Double) {
        defer { last = (snapshot, now) }
        guard let last, now > last.time else { return }
        func rate(_ counters: [Counter]) -> Int {
            let count = Double(snapshot.sum(counters)) - Double(last.snapshot.sum(counters))
            return Int((max(0, count) / (now - last.time)).rounded())
        }
        rates = """
            : \(rate([.received])) requests/s, \(rate(Counter.responses)) copies answered/s, \
            \(rate(Counter.dropped)) dropped/s, \(rate(Counter.failed)) failed/s, \
            \(snapshot[.queued]) waiting
            """
    }

    /// The line for `state`; without rates before the first interval is over.
    func text(_ state: String) -> String { state + rates }
}
