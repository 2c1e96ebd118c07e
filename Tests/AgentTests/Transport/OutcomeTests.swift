import Testing

@testable import Agent

@Suite("Outcomes of copies")
struct OutcomeTests {
    @Test(
        "what gets no connection is unreachable, a name that does not resolve too",
        arguments: [
            (Outcome.response(503), Breaker.Ending.answered), (.failed(.dns), .unreachable),
            (.failed(.connect), .unreachable), (.failed(.tls), .unreachable), (.failed(.timeout), .failed),
            (.failed(.reset), .failed), (.failed(.other), .failed),
        ])
    func ending(_ outcome: Outcome, _ ending: Breaker.Ending) { #expect(outcome.ending == ending) }
}
