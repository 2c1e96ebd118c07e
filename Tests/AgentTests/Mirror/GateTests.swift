import SPOP
import Testing

@testable import Agent

@Suite("Which requests are copied")
struct GateTests {
    private func settings(_ words: String...) throws -> DestinationSettings {
        try Options.parse(words).configuration().settings.destination
    }

    @Test("the rate is asked last, and only of those that would be mirrored")
    func rate() throws {
        let payload = PayloadBuilder(method: "POST").bytes
        let copy = try #require(try PayloadBuilder.requests(in: payload.span.bytes).first)
        var now = 5_000_000_000
        var gate = Gate(
            try settings("--max-rate", "10/s", "--methods", "GET"),
            bucket: RateBucket(), clock: { now })
        #expect(gate.decide(copy, payload: payload.span.bytes) == .method)
        gate.apply(try settings("--max-rate", "10/s"))
        #expect(gate.decide(copy, payload: payload.span.bytes) == nil)
        #expect(gate.decide(copy, payload: payload.span.bytes) == .rate)
        now += 100_000_000
        #expect(gate.decide(copy, payload: payload.span.bytes) == nil)
    }

    @Test func theGateAsksBoth() throws {
        var settings = try settings("--methods", "safe")
        let payload = PayloadBuilder(method: "POST").bytes
        let copies = try PayloadBuilder.requests(in: payload.span.bytes)
        let copy = try #require(copies.first)
        var gate = Gate(settings, bucket: RateBucket())
        #expect(gate.decide(copy, payload: payload.span.bytes) == .method)
        settings.isPaused = true
        gate.apply(settings)
        #expect(gate.decide(copy, payload: payload.span.bytes) == .paused)
        gate.apply(try self.settings("--methods", "all"))
        #expect(gate.decide(copy, payload: payload.span.bytes) == nil)
    }
}
