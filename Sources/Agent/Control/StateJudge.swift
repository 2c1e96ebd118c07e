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
    private var beginsAfresh = false
    private var isLossy = false
    private(set) var losses = Losses()
    /// When HAProxy last sent a request, the mirror last answered, and a connection was last seen to be there; nil for never.
    private(set) var lastRequest: Double?
    private(set) var lastAnswer: Double?
    private var lastConnected: Double?
    /// When the first and the last try failed since then.
    private(set) var refusals: (first: Double, last: Double)?

    /// Knows nothing yet; counts from `figures` on.
    init(_ figures: CopyFigures, at now: Double) {
        latest = Sample(figures: figures, time: now)
        samples = [latest]
    }

    /// Another mirror is meant from now on, and nothing counts that was seen of the old one. What workers count before they know comes
    /// with the next figures, and does not count either.
    mutating func beginAfresh() { beginsAfresh = true }

    /// Looks at the figures as they are at `now`.
    mutating func look(at figures: CopyFigures, _ now: Double, _ rules: StateRules) {
        let sample = Sample(figures: figures, time: now)
        let news = figures.since(latest.figures)
        latest = sample
        if news.received > 0 { lastRequest = now }
        if beginsAfresh {
            let request = lastRequest
            self = StateJudge(figures, at: now)
            lastRequest = request
            return
        }
        noteConnections(news, now)
        let window = rules.window.inSeconds
        let past = samples.lastIndex { $0.time <= now - window } ?? 0
        samples.removeFirst(past)
        weigh(figures.since(samples[0].figures), rules)
        if now - (samples.last?.time ?? 0) >= window / Self.samplesOfWindow { samples.append(sample) }
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

    /// The first that holds, at the time of the last look.
    func state(isStopping: Bool, isPaused: Bool, _ rules: StateRules) -> MirrorState {
        let window = rules.window.inSeconds
        if isStopping { return .stopping }
        if isPaused { return .paused }
        // A try that failed so long after the last connection, and none since: it is still so when nobody has tried for a while.
        if let last = refusals?.last, latest.time - last < window,
            last - (lastConnected ?? -.infinity) >= rules.unreachableAfter.inSeconds
        {
            return .unreachable
        }
        if isLossy { return .degraded }
        guard let lastRequest, latest.time - lastRequest < window else { return .idle }
        return .mirroring
    }
}
