import Testing

@testable import Agent

@Suite("What an answer may cost")
struct AnswerLimitsTests {
    @Test func bodiesEndAtTheLimit() {
        var limits = AnswerLimits()
        limits.maxBody = 10
        limits.reset(endsWithHeaders: false)
        #expect(limits.takeBody(6) == 6)
        #expect(limits.takeBody(4) == 4)
        #expect(limits.takeBody(1) == 0)
        limits.reset(endsWithHeaders: false)
        #expect(limits.takeBody(10) == 10)
    }

    @Test func headersAndTrailersEndAtTheirs() {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: false)
        var taken = 0
        while limits.takeHeader(1000, status: 200) == 1000 { taken += 1000 }
        #expect(taken <= AnswerLimits.maxHeaderBytes)
        #expect(taken > AnswerLimits.maxHeaderBytes - 1000)
    }

    @Test func linesAndPiecesEndAtTheirs() {
        var limits = AnswerLimits()
        limits.maxBody = 1 << 20
        limits.reset(endsWithHeaders: false)
        for _ in 0..<AnswerLimits.maxHeaderLines { #expect(limits.takeHeader(4, status: 200) == 4) }
        #expect(limits.takeHeader(4, status: 200) == 0)
        let pieces = (1 << 20) / AnswerLimits.pieceCost
        for _ in 0..<pieces { #expect(limits.takeBody(1) == 1) }
        #expect(limits.takeBody(1) == 0)
        limits.maxBody = 1 << 30
        limits.reset(endsWithHeaders: false)
        #expect(limits.takeHeader(4, status: 200) == 4)
        for _ in 0...pieces { #expect(limits.takeBody(16 << 10) == 16 << 10) }
    }

    @Test func anAnswerWithoutABodyEndsAtTheEmptyLine() {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: true)
        #expect(limits.takeHeader(20, status: 200) == 20)
        #expect(limits.takeHeader(2, status: 100) == 2)
        #expect(limits.takeHeader(2, status: 200) == 0)
        limits.reset(endsWithHeaders: false)
        #expect(limits.takeHeader(2, status: 200) == 2)
    }

    @Test func switchingProtocolsEndsIt() {
        var limits = AnswerLimits()
        limits.reset(endsWithHeaders: false)
        #expect(limits.takeHeader(2, status: 101) == 0)
    }
}
