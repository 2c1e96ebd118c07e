import Testing

@testable import Stats

@Suite("The counters' table")
struct CounterRowTests {
    @Test func everyCounterHasOneRow() {
        #expect(Counter.rows.map(\.counter) == Counter.allCases)
        #expect(Set(Counter.rows.map(\.name)).count == Counter.allCases.count)
    }
}
