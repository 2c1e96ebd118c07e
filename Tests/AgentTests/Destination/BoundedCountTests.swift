import Testing

@testable import Agent

@Suite("Bounded counts")
struct BoundedCountTests {
    @Test("threads share what is bounded")
    func bounded() {
        let count = BoundedCount()
        #expect(count.take(upTo: 1) && !count.take(upTo: 1) && count.held == 1)
        count.giveBack()
        #expect(count.take(60, upTo: 100) && !count.take(41, upTo: 100) && count.take(40, upTo: 100))
        #expect(count.take(0, upTo: 100) && !count.take(0, upTo: 99))
        count.take(anyway: 10)
        #expect(count.held == 110)
        count.giveBack(60)
        #expect(count.take(50, upTo: 100))
    }
}
