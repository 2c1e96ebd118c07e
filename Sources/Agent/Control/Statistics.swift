internal import Stats

/// The counters of the whole agent, on the main thread, with what is needed to tell of an interval.
final class Statistics {
    private let banks: [CounterBank]
    /// What `clear counters` left behind.
    private var zero: Snapshot?
    private var lastTick: (snapshot: Snapshot, time: Double)
    private var interval: (snapshot: Snapshot, seconds: Double)

    init(_ banks: [CounterBank]) {
        self.banks = banks
        let snapshot = Snapshot(banks)
        lastTick = (snapshot, MonotonicClock.now)
        interval = (snapshot.since(snapshot), 0)
    }

    /// Everything since the start.
    var total: Snapshot { Snapshot(banks) }

    /// Everything since counters were last cleared, and the last whole interval.
    var report: StatReport {
        let total = total
        return StatReport(
            total: zero.map { total.since($0) } ?? total, interval: interval.snapshot,
            seconds: interval.seconds)
    }

    /// Ends an interval; to be called once each monitor interval, with everything since the start.
    func tick(_ snapshot: Snapshot) {
        let now = MonotonicClock.now
        interval = (snapshot.since(lastTick.snapshot), now - lastTick.time)
        lastTick = (snapshot, now)
    }

    /// Lets `report` count anew. Metrics go on: those who read them expect counters that only rise.
    func clear() { zero = total.zero }
}
