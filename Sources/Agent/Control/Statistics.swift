internal import Stats
internal import System

/// The counters of the whole agent, on the main thread, with what is needed to tell of an interval.
final class Statistics {
    private let banks: [ThreadBank]
    private let loop: EventLoop
    /// What `clear counters` left behind.
    private var zero: Snapshot?
    /// The last whole interval of each.
    private(set) var rates: Interval
    private(set) var durations: Interval
    /// Taken in this pass of the loop: who asks twice in one gets one answer, and the workers one question.
    private var latest: (pass: Double, snapshot: Snapshot)?

    /// What came between two ticks.
    struct Interval {
        private var last: Snapshot
        private var lastTime = MonotonicClock.now
        private(set) var snapshot: Snapshot
        private(set) var seconds = 0.0
        private var busy: [Part: Past] = [:]

        /// What an interval may have something of, each by itself.
        enum Part: CaseIterable {
            case copies, acks, queue, requests

            func isIn(_ snapshot: Snapshot) -> Bool {
                switch self {
                case .copies:
                    snapshot.sum([.received, .completed] + Counter.dropped) > 0
                case .acks: snapshot.ackDurations.count > 0
                case .queue: snapshot.queueDurations.count > 0
                case .requests: snapshot.requestDurations.count > 0
                }
            }
        }

        /// An interval that is over; `end` is on the monotonic clock.
        struct Past {
            let snapshot: Snapshot
            let seconds: Double
            let end: Double

            /// Seconds since its end.
            var age: Double { max(0, MonotonicClock.now - end) }
        }

        /// The last one in which there was something of `part`; nil when there was none.
        func lastBusy(_ part: Part) -> Past? { busy[part] }

        init(_ start: Snapshot) {
            last = start
            snapshot = start.since(start)
        }

        mutating func tick(_ now: Snapshot) {
            let time = MonotonicClock.now
            (snapshot, seconds) = (now.since(last), time - lastTime)
            (last, lastTime) = (now, time)
            for part in Part.allCases where part.isIn(snapshot) {
                busy[part] = Past(snapshot: snapshot, seconds: seconds, end: time)
            }
        }
    }

    init(_ banks: [ThreadBank], loop: EventLoop) {
        (self.banks, self.loop) = (banks, loop)
        let start = Snapshot(banks)
        (rates, durations) = (Interval(start), Interval(start))
    }

    /// Everything since the start.
    var total: Snapshot {
        if let latest, latest.pass == loop.now { return latest.snapshot }
        let snapshot = Snapshot(banks)
        latest = (loop.now, snapshot)
        return snapshot
    }

    /// True when no copy is waiting or under way. Costs next to nothing while there are some.
    var isDrained: Bool {
        let (queued, inFlight) = (Counter.queued, Counter.inFlight)
        guard banks.allSatisfy({ $0.value(of: queued) == 0 && $0.value(of: inFlight) == 0 }) else {
            return false
        }
        // One may have been on its way from here to there.
        let snapshot = total
        return ([snapshot] + snapshot.destinations.values).allSatisfy { $0[queued] == 0 && $0[inFlight] == 0 }
    }

    /// Everything since counters were last cleared.
    var sinceCleared: Snapshot { zero.map { total.since($0) } ?? total }

    /// Ends an interval of rates; to be called every few seconds.
    func tickRates() { rates.tick(total) }

    /// Ends an interval of durations; to be called once each monitor interval.
    func tickDurations() { durations.tick(total) }

    /// Lets `sinceCleared` start from 0. Metrics go on: those who read them expect counters that only rise.
    func clear() { zero = total.zero }
}
