import Foundation

/// How long the harness waits for something that should happen soon.
///
/// It is a bound for broken runs, not an expectation: it is far above what a loaded machine needs, and a passing
/// test never waits for it.
let patience: TimeInterval = isSanitized ? 60 : 20

/// Polls `condition` until it holds; throws, naming `expectation` and giving `evidence`, if it does not in time.
func eventually(
    _ expectation: String, within limit: TimeInterval = patience, evidence: () -> String = { "" },
    _ condition: () throws -> Bool
) throws {
    _ = try eventually(expectation, within: limit, evidence: evidence) { try condition() ? true : nil }
}

/// Polls `probe` until it finds something and returns that.
func eventually<Found>(
    _ expectation: String, within limit: TimeInterval = patience, evidence: () -> String = { "" },
    find probe: () throws -> Found?
) throws -> Found {
    let deadline = Deadline(after: limit)
    while true {
        if let found = try probe() { return found }
        if deadline.hasPassed {
            throw HarnessError("did not happen within \(limit) s: \(expectation)\n\(evidence())")
        }
        Thread.sleep(forTimeInterval: 0.01)
    }
}

/// A moment on the monotonic clock, which setting the machine's time does not move.
struct Deadline: Sendable {
    private let moment: ContinuousClock.Instant

    init(after seconds: TimeInterval) {
        moment = ContinuousClock.now + .seconds(seconds)
    }

    var hasPassed: Bool { ContinuousClock.now >= moment }
}
