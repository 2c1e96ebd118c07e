internal import Stats
internal import System

/// Judges what the agent does for one destination by its figures, which it is shown again and again. Times are on the monotonic
/// clock, in seconds, and as exact as it is shown figures often.
struct StateJudge {
    /// Samples that the window is cut into: as exact is its share.
    private static let samplesOfWindow = 60.0

    /// What became of the copies that came to their end within the window.
    struct Losses: Equatable {
        /// All of them.
        var ended: UInt64 = 0
        /// Those that failed or were dropped.
        var lost: UInt64 = 0
        /// For which reason most of these; nil for none.
        var reason: Counter?

        /// 0 to 1.
        var share: Double { ended > 0 ? Double(lost) / Double(ended) : 0 }
    }

    private struct Sample {
        let figures: CopyFigures
        let time: Double
    }

    private var latest: Sample
    /// The oldest first, which is a window old, or where counting began.
    private var samples: [Sample]
    /// More is lost than may be.
    private(set) var isLossy = false
    private(set) var losses = Losses()
    /// Why most requests of the window were not selected; nil for none.
    private(set) var skipReason: Counter?
    /// When HAProxy last sent a request, one was last selected, the mirror last answered, and a connection was last seen to be there;
    /// nil for never.
    private(set) var lastRequest: Double?
    private var lastSelected: Double?
    private(set) var lastAnswer: Double?
    private var lastConnected: Double?
    /// When the first and the last try failed since then.
    private(set) var refusals: (first: Double, last: Double)?

    /// Since when copies are there and none comes to its end; nil while there are none.
    private var noneEndsSince: Double?

    /// Knows nothing yet; counts from `figures` on.
    init(_ figures: CopyFigures, at now: Double) {
        latest = Sample(figures: figures, time: now)
        samples = [latest]
    }

    /// Another mirror is meant from now on, whose figures begin at 0, and nothing counts that was seen of the old one but that there
    /// are requests.
    mutating func beginAfresh(at now: Double) {
        let (request, selected) = (lastRequest, lastSelected)
        self = StateJudge(CopyFigures(), at: now)
        (lastRequest, lastSelected) = (request, selected)
    }

    /// Copies that wait or are under way.
    var underWay: UInt64 { latest.figures.underWay }

    /// Looks at the figures as they are at `now`.
    mutating func look(at figures: CopyFigures, _ now: Double, _ rules: StateRules) {
        let sample = Sample(figures: figures, time: now)
        let news = figures.since(latest.figures)
        latest = sample
        noteRequests(news, now)
        noteConnections(news, now)
        let window = rules.window.inSeconds
        let past = samples.lastIndex { $0.time <= now - window } ?? 0
        samples.removeFirst(past)
        let recent = figures.since(samples[0].figures)
        weigh(recent, rules)
        skipReason = recent.skipped.indices.max { recent.skipped[$0] < recent.skipped[$1] }
            .flatMap { recent.skipped[$0] > 0 ? CopyFigures.skipReasons[$0] : nil }
        if now - (samples.last?.time ?? 0) >= window / Self.samplesOfWindow { samples.append(sample) }
    }

    private mutating func noteRequests(_ news: CopyFigures, _ now: Double) {
        let lost = news.lost.reduce(0, &+)
        if news.received > 0 { lastRequest = now }
        // One that is dropped may not have been taken.
        if news.taken > 0 || news.answered > 0 || lost > 0 { lastSelected = now }
        if latest.figures.underWay == 0 {
            noneEndsSince = nil
        } else if news.ended > 0 || noneEndsSince == nil {
            noneEndsSince = now
        }
    }

    private mutating func noteConnections(_ news: CopyFigures, _ now: Double) {
        if news.answered > 0 { lastAnswer = now }
        // One that hangs or breaks has come about. What else fails may have had one or not.
        if news.answered + news[.failedTimeout] + news[.failedReset] > 0 {
            lastConnected = now
            refusals = nil
        } else if news[.failedDNS] + news[.failedConnect] + news[.failedTLS] > 0 {
            refusals = (refusals?.first ?? now, now)
        }
    }

    private mutating func weigh(_ recent: CopyFigures, _ rules: StateRules) {
        losses.lost = recent.lost.reduce(0, &+)
        losses.ended = losses.lost &+ recent.answered
        let most = recent.lost.indices.max { recent.lost[$0] < recent.lost[$1] }
        losses.reason = losses.lost > 0 ? most.map { CopyFigures.reasons[$0] } : nil
        let tolerated = Double(rules.degradedShare.thousandths) / 100_000
        // It ends at half of what it begins with: a share about the limit is one state, not a hundred.
        isLossy = losses.share > (isLossy ? tolerated / 2 : tolerated)
    }

    /// The first that holds, at the time of the last look. With `selectsNone`, no request is mirrored, whichever it is. A breaker that
    /// is not closed keeps copies from the mirror, so all is not well, however little was lost so far.
    func state(
        isStopping: Bool, isPaused: Bool, selectsNone: Bool = false, breaker: Breaker.Snapshot? = nil,
        _ rules: StateRules
    ) -> MirrorState {
        let window = rules.window.inSeconds
        if isStopping { return .stopping }
        if isPaused { return .paused }
        // A try that failed so long after the last connection, and none since: it is still so when nobody has tried for a while.
        if let last = refusals?.last, latest.time - last < window,
            last - (lastConnected ?? -.infinity) >= rules.unreachableAfter.inSeconds
        {
            return .unreachable
        }
        if let breaker, breaker.state != .closed, let lastRequest, latest.time - lastRequest < window {
            return breaker.state == .open && breaker.reason == .unreachable ? .unreachable : .degraded
        }
        if isLossy { return .degraded }
        // A timeout of an hour is no reason to believe for an hour that all is well.
        if let noneEndsSince, latest.time - noneEndsSince >= window { return .degraded }
        guard !selectsNone, let lastSelected, latest.time - lastSelected < window else { return .idle }
        return .mirroring
    }
}
