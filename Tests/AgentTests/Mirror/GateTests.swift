import SPOP
import Testing

@testable import Agent

@Suite("Which requests are copied")
struct GateTests {
    private func settings(_ words: String...) throws -> DestinationSettings {
        try Options.parse(words).configuration().settings.destination
    }

    @Test func theGateAsksBoth() throws {
        var settings = try settings("--methods", "safe")
        let payload = PayloadBuilder(method: "POST").bytes
        let copies = try PayloadBuilder.requests(in: payload.span.bytes)
        let copy = try #require(copies.first)
        var gate = Gate(settings, ids: RequestIDs(instance: 0, worker: 0))
        #expect(gate.decide(copy, payload: payload.span.bytes) == .skipped(.method))
        settings.isPaused = true
        gate.apply(settings)
        #expect(gate.decide(copy, payload: payload.span.bytes) == .skipped(.paused))
        for id in 1...3 as ClosedRange<Int64> {
            gate.apply(try self.settings("--methods", "all"))
            #expect(gate.decide(copy, payload: payload.span.bytes) == .selected(id), "numbers go on")
        }
    }
}
