import Testing

extension EndToEnd {
    /// docs/operations.md has the figures that these tests print.
    @Suite("The agent is away")
    struct AgentAway {
        struct Row: Sendable, CustomTestStringConvertible {
            let version: HAProxyVersion
            let threads: Int
            let fault: AwayStage.Fault
            var hasCondition = true

            var testDescription: String {
                "\(version), nbthread \(threads), \(fault)\(hasCondition ? "" : ", no condition")"
            }
        }

        private static let rows = HAProxyVersion.available.flatMap { version in
            [1, 2].flatMap { threads in
                AwayStage.Fault.allCases.map { Row(version: version, threads: threads, fault: $0) }
            }
        }

        /// A network of one's own needs root.
        private static let reachable = rows.filter { $0.fault != .unreachable }
        private static let unreachable = rows.filter { $0.fault == .unreachable }

        @Test("overlapping requests do not wait for it", arguments: reachable)
        func overlapping(row: Row) throws {
            try expectFewWait(row)
        }

        @Test(
            "nor when its address is unreachable",
            .enabled(
                if: skipsNothing || NetworkNamespace.isPossible,
                "SKIPPED: a network namespace can only be made by root"), arguments: unreachable)
        func overlappingUnreachable(row: Row) throws {
            try expectFewWait(row)
        }

        /// What the condition is for: if this fails, the tests above show nothing.
        @Test(
            "without the condition, an HAProxy before 3.1 with one thread lets them wait",
            arguments: HAProxyVersion.available.filter { !$0.speaksSPOP })
        func withoutCondition(version: HAProxyVersion) throws {
            let waits = try waits(
                Row(version: version, threads: 1, fault: .killed, hasCondition: false))
            #expect(waits.while > Self.sample / 2)
        }

        /// Requests that are looked at once HAProxy has taken the agent out, or back.
        private static let sample = 600

        private func expectFewWait(_ row: Row) throws {
            let waits = try waits(row)
            // A starved machine adds some whose ACK comes late.
            #expect(waits.while < Self.sample / 4)
            // HAProxy notices at once that a connection is reset or refused. The other faults take two checks.
            if row.fault == .killed || row.fault == .restarted { #expect(waits.all < Self.sample / 2) }
        }

        /// How many requests have waited for `timeout processing`: of all, and of `sample` while the agent is out.
        private func waits(_ row: Row) throws -> (all: Int, while: Int) {
            let stage = try AwayStage(
                row.version, threads: row.threads, hasCondition: row.hasCondition,
                isUnreachable: row.fault == .unreachable)
            var waitsWhile = 0
            let report = try stage.flow { traffic in
                try more(300, traffic, stage)
                try stage.begin(row.fault)
                // Each connection twice, so that requests which were sent before have their answers.
                try more(400, traffic, stage)
                let before = stage.waits
                try more(Self.sample, traffic, stage)
                waitsWhile = stage.waits - before
            }
            #expect(report.failures.isEmpty, "\(report.failures.prefix(5)) \(stage.evidence())")
            let all = stage.waits
            print(
                "away: \(row.testDescription): \(all) of \(report.requests) waited,",
                "\(waitsWhile) of \(Self.sample) while it was out or back")
            return (all, waitsWhile)
        }

        private func more(_ count: Int, _ traffic: Traffic, _ stage: AwayStage) throws {
            let answered = traffic.requests
            try eventually("\(count) answers", evidence: stage.evidence) {
                traffic.requests >= answered + count
            }
        }
    }
}
