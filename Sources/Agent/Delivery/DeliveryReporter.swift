internal import Stats
internal import System

/// Tells of requests that came to an end: failures to the log, summed up, and to `show errors`; all of them to the request log, if
/// that is on. One per worker, on its thread.
///
/// A flood is only counted: past a number of each reason in a second (`ExampleBudget`, `RequestLog`), and with the request log
/// off past the first alone, nothing of a request is copied, and no text is made.
final class DeliveryReporter {
    private let errors: RepeatedErrors
    private let failures: RecentFailures
    private let requests: RequestLog
    private var mode = RequestLogMode.off
    /// Lines a second, over all workers; nil for as many as there are.
    private var rate: Int?
    private var examples = ExampleBudget()
    /// Copies of this round that may still be reported for what they are.
    private var reportsLeft = 0

    /// Of one round, at most: each costs some microseconds.
    private static let mostReports = 64

    init(errors: RepeatedErrors, failures: RecentFailures, requests: RequestLog) {
        (self.errors, self.failures, self.requests) = (errors, failures, requests)
    }

    /// Uses `settings` for every request that ends from now on.
    func apply(_ settings: Settings) {
        mode = settings.requestLog
        rate = settings.requestLogRate ?? RequestLogRate.automatic(mode)
    }

    /// Every request has a line, those that are skipped, too.
    var tellsAll: Bool { mode == .all }

    /// To be called before the copies of a round.
    func beginRound() { reportsLeft = Self.mostReports }

    /// One call into the transport took more processor time than any honest answer does.
    func mirrorWasCutOff(_ cause: String, holdSeconds: Double) {
        let pause = holdSeconds > 0 ? ", again; copies wait \(Int(holdSeconds)) s" : ""
        errors.report("mirror: cut off", "\(cause)\(pause)")
    }

    /// The transport goes on without something.
    func transportLacks(_ what: String, _ cause: String) { errors.report(what, cause) }

    /// A connection was ended because what comes on it might be taken for the answer to another copy.
    func connectionEnded(_ reason: String) { errors.report("mirror: connection ended", reason) }

    /// A transfer of `copy` is over, at `now` on the monotonic clock, in seconds.
    func ended(_ copy: MirrorRequest, _ end: TransferEnd, seconds: Double, now: Double) {
        if case .failed(let reason) = end.outcome {
            let (url, detail) = (copy.header.url.text, end.detail ?? "")
            errors.report("mirror: \(reason.label)", "\(url) (\(detail))")
            if examples.take(reason.counter, now: now) {
                failures.note(
                    id: copy.header.id, method: copy.method, target: copy.target,
                    reason: reason.counter.name, detail: "\(url) \(detail)")
            }
        }
        guard mode != .off, requests.takes(end.outcome.counter, upTo: rate, now: now) else { return }
        requests.write(RequestLogLine.text(copy, end, seconds: seconds, mode))
    }

    /// Where to report a request that came to nothing; `tell` then has to do it. When it is empty, the caller need not look at
    /// the request. `now` is on the monotonic clock, in seconds; without `isDecoded`, nobody has looked at the request.
    func telling(of reason: Refusal, isDecoded: Bool = true, now: Double) -> Telling {
        var telling: Telling = []
        if isDecoded, reason.isOfCopy, reportsLeft > 0 {
            reportsLeft -= 1
            telling.insert(.event)
        }
        if !reason.isSkip, examples.take(reason.counter, now: now) { telling.insert(.example) }
        guard mode == .all || (mode != .off && telling.contains(.event)) else { return telling }
        if requests.takes(reason.counter, upTo: rate, now: now) { telling.insert(.line) }
        return telling
    }

    /// Reports a request that came to nothing.
    func tell(_ telling: Telling, of copy: UnsentCopy, _ reason: Refusal, _ detail: String) {
        let name = reason.counter.name
        // Not of single requests: HAProxy's configuration, or the agent's, makes them all like this one.
        if telling.contains(.event), let label = reason.label { errors.report("\(name) (\(label))", detail) }
        if telling.contains(.example) {
            failures.note(
                id: copy.id ?? 0, method: copy.method, target: copy.target, reason: name, detail: detail)
        }
        if telling.contains(.line) { requests.write(RequestLogLine.text(copy, name, detail, mode)) }
    }

    /// A copy that waited or was under way is given up.
    func dropped(_ copy: MirrorRequest, _ reason: Refusal, now: Double) {
        let telling = telling(of: reason, now: now)
        guard !telling.isEmpty else { return }
        let unsent = UnsentCopy(
            id: copy.header.id, streamID: copy.header.streamID,
            uniqueID: copy.uniqueID(limit: UnsentCopy.longestUniqueID), method: copy.method,
            target: Array(copy.target.prefix(UnsentCopy.longestTarget)), url: copy.header.url)
        tell(telling, of: unsent, reason, reason.detail)
    }
}
