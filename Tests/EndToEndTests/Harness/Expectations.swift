import Testing

/// Expects that HAProxy asked the agent `count` times and that the agent acknowledged each time.
func expectAcknowledged(_ count: Int, in scenario: Scenario) throws {
    let lines = try scenario.filterLog(atLeast: count)
    #expect(lines.count == count)
    let failed = lines.filter { $0.status != 0 }
    #expect(failed.isEmpty, "\(failed.prefix(5).map(\.text))")
}

/// Expects that `count` requests, whose targets differ, have reached the mirror once each, and that the agent's own
/// account says the same. Stops the agent to have that.
func expectMirroredOnce(_ count: Int, in scenario: Scenario) throws {
    try eventually("the mirror gets \(count) requests", evidence: scenario.evidence) {
        scenario.mirror.requests.count >= count
    }
    #expect(try scenario.agent.terminate() == .status(0))
    let targets = scenario.mirror.requests.map(\.target)
    #expect(targets.count == count)
    #expect(Set(targets).count == count)
    #expect(scenario.mirror.failures.isEmpty)

    let summary = try #require(scenario.agent.summary, "no summary in \(scenario.agent.log)")
    #expect(summary["received"] == count, "\(summary)")
    #expect(summary["completed"] == count, "\(summary)")
    for nothing in ["skipped", "dropped", "failed", "queued", "in_flight"] {
        #expect(summary[nothing] == 0, "\(nothing) in \(summary)")
    }
}
