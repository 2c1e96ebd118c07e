internal import Glibc
internal import Stats
internal import System

/// The state of one destination at one moment, as it is shown.
struct StateReport {
    let state: MirrorState
    /// Seconds since it began.
    let age: Double
    /// Why: part of a sentence, without times that grow. Empty when there is nothing to say.
    let reason: String
    /// Seconds since the mirror last answered; nil for never.
    let answerAge: Double?
    let losses: StateJudge.Losses
    let breaker: Breaker.Snapshot
    /// Seconds since the breaker last changed.
    let breakerAge: Double

    /// For the log and a service manager, which show it for longer than it is new: times are of the clock.
    var text: String {
        var parts = reason.isEmpty ? [] : [reason]
        if state == .unreachable {
            parts.append("since \(Self.clock(age))")
            parts.append(answerAge.map { "last answer at \(Self.clock($0))" } ?? "no answer so far")
        }
        return ([state.rawValue] + (parts.isEmpty ? [] : [parts.joined(separator: ", ")])).joined(
            separator: ": ")
    }

    /// The time of day so many seconds ago.
    private static func clock(_ age: Double) -> String {
        let time = Timestamp.text(KernelClock.real.nanoseconds - Int(min(age, 1e9) * 1e9))
        return "\(time.prefix { $0 != "." })Z"
    }
}

/// What there is to say of a state.
struct StateReason {
    let settings: DestinationSettings
    let breaker: Breaker.Snapshot
    /// In seconds since 1970; nil for a pause that does not end by itself.
    let pausedUntil: Int?
    /// Where workers note what failed.
    let failures: [RecentFailures]

    func text(_ state: MirrorState, _ judge: StateJudge) -> String {
        let window = TimeValue.format(settings.stateRules.window)
        switch state {
        case .mirroring, .stopping: return ""
        case .paused:
            return pausedUntil.map { "until \(Timestamp.text(seconds: $0))" } ?? ""
        case .unreachable:
            let cause = cause(of: lastRefusal).map { " (\($0))" } ?? ""
            return "no connection\(cause)\(breaker.state == .open ? ", the breaker is open" : "")"
        case .idle: return idle(judge, window)
        case .degraded where breaker.state != .closed && !judge.isLossy: return breakerText
        case .degraded where !judge.isLossy:
            return "no answer in the last \(window), \(judge.underWay) waiting or under way"
        case .degraded:
            let losses = judge.losses
            let share = "\((losses.share * 1000).rounded() / 10)%"
            let most = losses.reason.map { reason in
                ", mostly \(reason.name)\(cause(of: reason).map { " (\($0))" } ?? "")"
            }
            let begin = breaker.state == .closed ? "" : "\(breakerText); "
            return
                "\(begin)\(share) of copies lost in the last \(window), \(losses.lost) of \(losses.ended)\(most ?? "")"
        }
    }

    /// While it is not closed.
    private var breakerText: String {
        breaker.state == .halfOpen
            ? "the breaker is half-open, one copy at a time is sent"
            : "the breaker is open, \(breaker.reason == .failures ? "too many copies came to no answer" : "no connection came about")"
    }

    /// Without requests, or with none that is mirrored.
    private func idle(_ judge: StateJudge, _ window: String) -> String {
        if settings.sampleRate.thousandths == 0 { return "no request is selected (sample-rate is 0%)" }
        guard judge.lastRequest != nil else { return "no requests since the start" }
        guard let reason = judge.skipReason else { return "no requests in the last \(window)" }
        let cause: String? =
            switch reason {
            case .skippedSampled where settings.sampleRate != .all: "sample-rate is \(settings.sampleRate)"
            case .skippedMethod: "methods is \(settings.methods)"
            case .skippedLoop: "they are copies, by mark-header"
            case .skippedPaused: "it was paused"
            // Since a change, there was none.
            default: nil
            }
        return "no request was selected in the last \(window)\(cause.map { " (\($0))" } ?? "")"
    }

    /// Of those for which no connection comes about, the one that was noted last.
    private var lastRefusal: Counter {
        let reasons: [Counter] = [.failedDNS, .failedConnect, .failedTLS]
        let last = RecentFailures.last(of: Set(reasons.map(\.name)), in: failures)?.reason
        return reasons.first { $0.name == last } ?? .failedConnect
    }

    /// In words that say nothing of a single request: everybody may read the state.
    private func cause(of reason: Counter) -> String? {
        switch reason {
        case .droppedBreaker: return "while the breaker was open"
        case .droppedQueueFull: return "max-queue or max-queue-bytes is reached"
        case .droppedExpired: return "they waited for max-queue-age"
        case .droppedMalformed: return "they cannot be sent as they are"
        default:
            // What failed says where: only with this destination it tells of it.
            let url = "\(settings.url.text) "
            let detail = RecentFailures.last(of: [reason.name], in: failures)?.detail ?? ""
            if detail.hasPrefix(url) { return String(detail.dropFirst(url.count)) }
            return Counter.dropped.contains(reason) && !detail.isEmpty ? detail : nil
        }
    }
}
