import Testing

@testable import Agent

@Suite("The failures of the last time")
struct FailureWindowTests {
    /// Looks of one a second, with so many answers and failures in each.
    private func window(_ counts: [(answered: UInt64, failed: UInt64)], since: Int = 0) -> FailureWindow {
        var window = FailureWindow()
        // Counters may pass the largest value.
        var (answered, failed) = (UInt64.max - 1, UInt64.max - 1)
        window.take(.init(time: 0, answered: answered, failed: failed), window: 60_000, since: since)
        for (index, count) in counts.enumerated() {
            (answered, failed) = (answered &+ count.answered, failed &+ count.failed)
            window.take(
                .init(time: (index + 1) * 1000, answered: answered, failed: failed), window: 60_000,
                since: since)
        }
        return window
    }

    @Test("a share is over from where it is reached, and not without copies")
    func share() throws {
        let half = try SampleRate("50%")
        #expect(!FailureWindow().isOver(half))
        #expect(!window([]).isOver(half))
        #expect(!window([(0, 19)]).isOver(half) && window([(0, 20)]).isOver(half))
        #expect(!window([(11, 9)]).isOver(half) && window([(10, 10)]).isOver(half))
        #expect(try window([(1_000_000, 1)]).isOver(SampleRate("0%")))
        #expect(try !window([(1_000_000, 0)]).isOver(SampleRate("0%")))
        #expect(try !window([(1, 1_000_000)]).isOver(SampleRate("100%")))
        #expect(try window([(0, 20)]).isOver(SampleRate("100%")))
    }

    @Test("only the last minute counts, and nothing of before the breaker closed")
    func past() throws {
        let half = try SampleRate("50%")
        let bad = Array(repeating: (answered: UInt64(0), failed: UInt64(10)), count: 60)
        let good = Array(repeating: (answered: UInt64(10), failed: UInt64(0)), count: 60)
        #expect(window(bad + good.prefix(29)).isOver(half))
        #expect(!window(bad + good.prefix(31)).isOver(half))
        #expect(!window(bad, since: 60_000).isOver(half))
        #expect(window(bad + bad.prefix(2), since: 60_000).isOver(half))
    }
}
