import Stats
import Testing

@testable import Agent

@Suite("The judge of the state")
struct StateJudgeTests {
    /// What comes in the second before a look.
    struct News: Sendable {
        var at: Double
        var received: UInt64 = 0
        var answered: UInt64 = 0
        var lost: [Counter: UInt64] = [:]
        var skipped: [Counter: UInt64] = [:]
        var taken: UInt64 = 0
        var ended: UInt64 = 0
    }

    /// A history, and the state at its end, by the rules of an agent without options.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let news: [News]
        let state: MirrorState

        init(_ name: String, _ state: MirrorState, _ news: [News]) {
            (testDescription, self.state, self.news) = (name, state, news)
        }
    }

    static let cases = [
        Case("nothing since the start", .idle, [News(at: 1), News(at: 30)]),
        Case("a request that is answered", .mirroring, [News(at: 1, received: 1, answered: 1)]),
        Case(
            "requests that are all skipped", .idle,
            [News(at: 1, received: 9, skipped: [.skippedMethod: 9])]),
        Case(
            "one that is mirrored", .mirroring,
            [News(at: 1, received: 9, skipped: [.skippedSampled: 8], taken: 1)]),
        Case(
            "a minute after the last one that was", .idle,
            [
                News(at: 1, received: 1, answered: 1, taken: 1, ended: 1),
                News(at: 61, received: 9, skipped: [.skippedMethod: 9]),
            ]),
        Case(
            "a minute after the last request", .idle, [News(at: 1, received: 1, answered: 1), News(at: 61)]),
        Case("copies under way of which nothing is known", .mirroring, [News(at: 1, received: 9, taken: 9)]),
        Case(
            "no answer for less than a minute", .mirroring,
            [News(at: 1, received: 9, taken: 9), News(at: 60, received: 1, taken: 1)]),
        Case("no answer for a minute", .degraded, [News(at: 1, received: 9, taken: 9), News(at: 61)]),
        Case(
            "no answer for a minute, with copies under way now and then", .mirroring,
            [
                News(at: 1, received: 1, taken: 1), News(at: 40, answered: 1, ended: 1),
                News(at: 41, received: 1, taken: 1), News(at: 90),
            ]),
        Case(
            "one answer in a minute", .mirroring,
            [News(at: 1, received: 9, taken: 9), News(at: 30, answered: 1, ended: 1), News(at: 61)]),
        Case("the first try fails", .unreachable, [News(at: 1, received: 1, lost: [.failedConnect: 1])]),
        Case("no name", .unreachable, [News(at: 1, received: 1, lost: [.failedDNS: 1])]),
        Case("no TLS", .unreachable, [News(at: 1, received: 1, lost: [.failedTLS: 1])]),
        Case(
            "no connection for less than ten seconds", .degraded,
            [
                News(at: 1, received: 1, answered: 1), News(at: 5, received: 1, lost: [.failedConnect: 1]),
                News(at: 10),
            ]),
        Case(
            "no connection for ten seconds", .unreachable,
            [
                News(at: 1, received: 9, answered: 9), News(at: 5, received: 1, lost: [.failedConnect: 1]),
                News(at: 11, lost: [.failedConnect: 1]),
            ]),
        Case(
            "still so while nobody tries", .unreachable,
            [News(at: 1, received: 1, lost: [.failedConnect: 1]), News(at: 50)]),
        Case(
            "forgotten after a minute", .idle,
            [News(at: 1, received: 1, lost: [.failedConnect: 1]), News(at: 62)]),
        Case(
            "forgotten after a minute in which all is skipped", .idle,
            [News(at: 1, received: 1, lost: [.failedConnect: 1]), News(at: 62, received: 1)]),
        Case(
            "back again, and what was lost is not forgotten", .degraded,
            [News(at: 1, received: 1, lost: [.failedConnect: 1]), News(at: 2, received: 1, answered: 1)]),
        Case(
            "answers over kept connections, with tries that fail", .degraded,
            [
                News(at: 1, received: 1, lost: [.failedConnect: 1]),
                News(at: 20, received: 2, answered: 1, lost: [.failedConnect: 1]),
            ]),
        Case("accepts and hangs", .degraded, [News(at: 11, received: 1, lost: [.failedTimeout: 1])]),
        Case("accepts and resets", .degraded, [News(at: 1, received: 1, lost: [.failedReset: 1])]),
        Case(
            "hangs, and takes no more connections", .degraded,
            [News(at: 11, received: 2, lost: [.failedTimeout: 1, .failedConnect: 1])]),
        Case("no memory", .degraded, [News(at: 1, received: 1, lost: [.failedOther: 1])]),
        Case(
            "dropped is lost", .degraded, [News(at: 1, received: 9, answered: 8, lost: [.droppedExpired: 1])]),
        Case("one of three", .degraded, [News(at: 1, received: 3, answered: 2, lost: [.failedReset: 1])]),
        Case("five percent", .mirroring, [News(at: 1, received: 100, answered: 95, lost: [.failedReset: 5])]),
        Case(
            "more than five percent", .degraded,
            [News(at: 1, received: 100, answered: 94, lost: [.failedReset: 6])]),
        Case(
            "it ends at the half", .degraded,
            [
                News(at: 1, received: 100, answered: 94, lost: [.failedReset: 6]),
                News(at: 2, received: 100, answered: 100),
            ]),
        Case(
            "less than the half", .mirroring,
            [
                News(at: 1, received: 100, answered: 94, lost: [.failedReset: 6]),
                News(at: 2, received: 200, answered: 200),
            ]),
        Case(
            "only the last minute counts", .mirroring,
            [
                News(at: 1, received: 9, lost: [.failedReset: 9]), News(at: 2, received: 1, answered: 1),
                News(at: 62, received: 1, answered: 1),
            ]),
        Case(
            "an hour of rest is one look", .idle,
            [News(at: 1, received: 9, lost: [.failedReset: 9]), News(at: 3600)]),
    ]

    /// The judge after `news`, and what all of it adds up to.
    private static func judge(_ news: [News], _ rules: StateRules = StateRules()) -> (StateJudge, CopyFigures)
    {
        var figures = CopyFigures()
        // Counters may have any value when it begins, and pass the largest.
        figures.received = .max - 1
        var judge = StateJudge(figures, at: 0)
        for news in news { add(news, to: &figures, &judge, rules) }
        return (judge, figures)
    }

    private static func add(
        _ news: News, to figures: inout CopyFigures, _ judge: inout StateJudge, _ rules: StateRules
    ) {
        figures.received &+= news.received
        figures.answered += news.answered
        for (reason, count) in news.lost { figures[reason] += count }
        for (reason, count) in news.skipped {
            CopyFigures.skipReasons.firstIndex(of: reason).map { figures.skipped[$0] += count }
        }
        figures.taken += news.taken
        figures.ended += news.ended
        judge.look(at: figures, news.at, rules)
    }

    private static func state(_ judge: StateJudge, _ rules: StateRules = StateRules()) -> MirrorState {
        judge.state(isStopping: false, isPaused: false, rules)
    }

    @Test("says the first that holds", arguments: cases)
    func verdict(_ row: Case) {
        let (judge, _) = Self.judge(row.news)
        #expect(Self.state(judge) == row.state)
        #expect(judge.state(isStopping: false, isPaused: true, StateRules()) == .paused)
        #expect(judge.state(isStopping: true, isPaused: true, StateRules()) == .stopping)
    }

    @Test("knows how much was lost, and why most of it")
    func losses() {
        let (judge, _) = Self.judge([
            News(at: 1, received: 9, answered: 4, lost: [.failedTimeout: 1, .droppedExpired: 3])
        ])
        #expect(judge.losses == StateJudge.Losses(ended: 8, lost: 4, reason: .droppedExpired))
        #expect(judge.losses.share == 0.5 && judge.lastAnswer == 1)
        #expect(Self.judge([News(at: 1)]).0.losses == StateJudge.Losses())
    }

    @Test("knows since when no connection comes about")
    func since() {
        let (judge, _) = Self.judge([
            News(at: 1, received: 1, answered: 1), News(at: 3, lost: [.failedConnect: 1]),
            News(at: 20, lost: [.failedDNS: 1]),
        ])
        #expect(judge.refusals?.first == 3 && judge.refusals?.last == 20)
        #expect(Self.state(judge) == .unreachable)
    }

    @Test("begins afresh with another mirror, whose first failure counts")
    func afresh() {
        let rules = StateRules()
        var (judge, figures) = Self.judge([News(at: 1, received: 5, answered: 4, lost: [.failedReset: 1])])
        #expect(Self.state(judge) == .degraded)
        judge.beginAfresh(at: 1.5)
        figures = CopyFigures()
        judge.look(at: figures, 1.6, rules)
        #expect(Self.state(judge) == .mirroring && judge.lastAnswer == nil && judge.lastRequest == 1)
        Self.add(News(at: 2, received: 1, lost: [.failedConnect: 1]), to: &figures, &judge, rules)
        #expect(Self.state(judge) == .unreachable && judge.losses.ended == 1)
    }

    @Test("a sample of nothing is no mirroring, whatever was mirrored before")
    func sampleOfNothing() {
        let (judge, _) = Self.judge([News(at: 1, received: 1, answered: 1)])
        #expect(Self.state(judge) == .mirroring)
        #expect(judge.state(isStopping: false, isPaused: false, selectsNone: true, StateRules()) == .idle)
    }

    @Test(
        "an open breaker is a reason of its own, as long as there are requests",
        arguments: [
            ("open", "unreachable", MirrorState.unreachable), ("open", "failures", .degraded),
            ("half-open", "unreachable", .degraded), ("closed", "", .mirroring),
        ])
    func breaker(_ state: String, _ reason: String, _ expected: MirrorState) throws {
        let breaker = BreakerSnapshot(
            state: try #require(.init(rawValue: state)), reason: .init(rawValue: reason), since: 6,
            changedAt: 0)
        var (judge, figures) = Self.judge([
            News(at: 1, received: 1000, answered: 1000), News(at: 5, received: 1, lost: [.failedConnect: 1]),
            News(at: 6, received: 1, lost: [.droppedBreaker: 1]),
        ])
        func verdict(isPaused: Bool = false) -> MirrorState {
            judge.state(isStopping: false, isPaused: isPaused, breaker: breaker, StateRules())
        }
        #expect(verdict() == expected && verdict(isPaused: true) == .paused)
        Self.add(News(at: 67), to: &figures, &judge, StateRules())
        #expect(verdict() == .idle, "nobody knows by now")
    }

    @Test("knows why most requests are skipped")
    func skipped() {
        let (judge, _) = Self.judge([
            News(at: 1, received: 3, skipped: [.skippedMethod: 2, .skippedSampled: 1])
        ])
        #expect(judge.skipReason == .skippedMethod)
        #expect(Self.judge([News(at: 1, received: 1, taken: 1)]).0.skipReason == nil)
    }

    @Test("a share of 0% tolerates none, one of 100% all", arguments: [("0%", true), ("100%", false)])
    func extremes(_ share: String, _ isDegraded: Bool) throws {
        var rules = StateRules()
        rules.degradedShare = try SampleRate(share)
        let (judge, _) = Self.judge(
            [News(at: 1, received: 9, answered: isDegraded ? 8 : 0, lost: [.failedReset: 1])], rules)
        #expect((Self.state(judge, rules) == .degraded) == isDegraded)
    }

    @Test("other rules hold from the next look on")
    func otherRules() {
        var (judge, figures) = Self.judge([News(at: 1, received: 9, lost: [.failedReset: 9])])
        var rules = StateRules()
        rules.window = .seconds(5)
        Self.add(News(at: 8, received: 1, answered: 1), to: &figures, &judge, rules)
        #expect(Self.state(judge, rules) == .mirroring)
    }
}
