import Testing

@testable import Agent

/// What `show errors` keeps when there is more than it can keep.
@Suite("Recent failures")
struct RecentFailuresTests {
    private func note(_ number: Int, _ reason: String, in failures: RecentFailures) {
        failures.note(
            id: Int64(number), method: "GET".utf8, target: "/\(number)?q".utf8, reason: reason, detail: "d")
    }

    private func ids(_ failures: [RecentFailures.Failure], _ reason: String) -> [Int64] {
        failures.filter { $0.reason == reason }.map(\.id)
    }

    @Test("of one reason the last 64, the oldest first")
    func last() {
        let failures = RecentFailures()
        for number in 1...100 { note(number, "dropped_expired", in: failures) }
        let kept = RecentFailures.newest(of: [failures])
        #expect(kept.map(\.id) == Array(37...100))
        #expect(kept.last.map { String(decoding: $0.target, as: UTF8.self) } == "/100")
    }

    @Test("a flood of one reason pushes out no example of another")
    func fair() {
        let failures = RecentFailures()
        note(1, "failed_tls", in: failures)
        for number in 2...1000 {
            note(number, "dropped_queue_full", in: failures)
            if number % 100 == 0 { note(number, "failed_timeout", in: failures) }
        }
        let kept = RecentFailures.newest(of: [failures])
        #expect(kept.count == RecentFailures.capacity)
        #expect(ids(kept, "failed_tls") == [1])
        #expect(ids(kept, "failed_timeout") == (1...10).map { $0 * 100 })
        #expect(ids(kept, "dropped_queue_full") == Array(948...1000))
    }

    @Test("two floods share what there is, and so do workers")
    func shared() {
        let workers = [RecentFailures(), RecentFailures(), RecentFailures()]
        note(1, "dropped_malformed", in: workers[2])
        for number in 1...200 {
            for worker in workers.prefix(2) {
                note(number, "dropped_queue_full", in: worker)
                note(number, "failed_connect", in: worker)
            }
        }
        let kept = RecentFailures.newest(of: workers)
        #expect(kept.count == RecentFailures.capacity)
        #expect(ids(kept, "dropped_malformed") == [1])
        let counts = ["dropped_queue_full", "failed_connect"].map { ids(kept, $0).count }.sorted()
        #expect(counts == [31, 32])
        #expect(kept.last?.id == 200)
    }

    @Test("of each reason some in a second: a flood costs its count")
    func budget() {
        var budget = ExampleBudget()
        func taken(_ count: Int, at now: Double) -> Int {
            (0..<count).count { _ in budget.take(.droppedQueueFull, now: now) }
        }
        #expect(taken(50_000, at: 7) == ExampleBudget.perSecond)
        let isOther = budget.take(.droppedExpired, now: 7)
        #expect(isOther)
        #expect(taken(50_000, at: 7.99) == 0)
        #expect(taken(50_000, at: 8) == ExampleBudget.perSecond)
        #expect(taken(3, at: 7.9) == 0, "the time that a copy came may be before that of the last end")
    }
}
