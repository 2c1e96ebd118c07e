import Stats
import Synchronization
import Testing

@testable import Agent

/// Workers at once, each in a thread of its own.
@Suite("A breaker of several workers")
struct BreakerRaceTests {
    private let settings: DestinationSettings

    private final class Counts: Sendable {
        let trying = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let tries = Atomic<Int>(0)
        /// Milliseconds, which rise with each look of a worker.
        let clock = Atomic<Int>(0)
    }

    init() throws { settings = DestinationSettings(url: try MirrorURL("http://h/")) }

    @Test(
        "there is never more than one try, and each permit comes back",
        arguments: [Breaker.Ending.unreachable, .failed, .answered])
    func oneTry(_ ending: Breaker.Ending) async {
        let rules = Breaker.Rules(settings)
        let banks = (0..<4).map { _ in CopyBank() }
        let breaker = Breaker(banks, mirror: 0, now: 0)
        let counts = Counts()
        await withTaskGroup { group in
            for worker in 0..<4 {
                group.addTask { [bank = banks[worker]] in
                    for round in 0..<20_000 {
                        let now = Double(counts.clock.add(1, ordering: .relaxed).newValue) / 1000
                        guard case .trying(let permit) = breaker.start(at: now, rules) else {
                            // A copy that was under way before keeps the breaker from being free.
                            if breaker.isFree {
                                breaker.ended(.unreachable, nil, startedAt: now, now: now, rules)
                            }
                            continue
                        }
                        counts.most.max(counts.trying.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
                        counts.tries.add(1, ordering: .relaxed)
                        counts.trying.subtract(1, ordering: .relaxed)
                        // A third is flushed, dropped, or lost with its worker.
                        guard round % 3 != 0 else { continue }
                        if ending != .unreachable { bank.noteConnected(at: Int(now * 1000)) }
                        breaker.ended(ending, permit, startedAt: now, now: now, rules)
                    }
                }
            }
        }
        #expect(counts.most.load(ordering: .relaxed) == 1 && counts.tries.load(ordering: .relaxed) > 10)
        let end = 200.0
        if case .notNow = breaker.start(at: end, rules) { Issue.record("a permit is lost") }
        #expect(breaker.takeChanges().changes.count <= 16)
    }
}
