import Glibc

/// Runs the rows of a plan.
final class Runner {
    private let workshop: Workshop
    private let yardsticks: [Yardstick]
    private var mirrors: [MirrorKind: RunningMirror] = [:]
    private var production: Nginx?

    init(_ workshop: Workshop, yardsticks: [Yardstick]) {
        self.workshop = workshop
        self.yardsticks = yardsticks
    }

    /// Each run of the row comes right after one of its baseline: the machine may be slower a minute later.
    func run(_ row: Row) throws -> RowResult {
        var result = RowResult(row)
        for run in 1...row.runs {
            for subject in [.paused] + others(row) + [.mirroring] {
                log("\(row.name), \(run) of \(row.runs): \(subject.name)")
                result.samples.append(try sample(subject, row))
            }
        }
        return result
    }

    private func others(_ row: Row) -> [Subject] {
        guard row.hasYardsticks else { return [] }
        return yardsticks.filter { !$0.usesMirror || row.mirror == .healthy }.map(Subject.yardstick)
    }

    private func sample(_ subject: Subject, _ row: Row) throws -> Sample {
        watchdog(row)
        let mirror = try mirror(row.mirror)
        let agent = try AgentUnderTest(subject, mirror: mirror, options: row.agentOptions, in: workshop)
        defer { agent.stop() }
        var sample = Sample(subject)
        agent.settle()
        sample.idleMemory = agent.memory.resident
        let mirrorBefore = try mirror.counts()
        do {
            switch row.load {
            case .spop(let shape): try runSPOP(shape, agent, subject, row, &sample)
            case .haproxy(let seconds): try runHAProxy(seconds, agent, row, &sample)
            }
            // Before the agent's counters: what the mirror has by now, they have too.
            sample.mirror = try mirror.counts() - mirrorBefore
            try takeCounters(agent, &sample)
        } catch  where !agent.isRunning {
            throw Failure("the agent died: \(agent.output.split(separator: "\n").suffix(3))")
        }
        sample.finalMemory = agent.memory.resident
        sample.peakMemory = agent.memory.peak
        sample.findings = Bookkeeping.findings(sample, mirror: row.mirror)
        return sample
    }

    private func runSPOP(
        _ shape: LoadShape, _ agent: AgentUnderTest, _ subject: Subject, _ row: Row, _ sample: inout Sample
    ) throws {
        var shape = shape
        var rounds = row.rounds
        if case .paused = subject {
            shape.seconds = row.baselineSeconds ?? shape.seconds
            rounds = 1
        }
        for _ in 0..<rounds {
            let generator = try LoadGenerator(shape, port: agent.port)
            // What it costs to open and close a thousand connections is not the price of a request.
            let cpuBefore = agent.cpuTime
            let load = try generator.run()
            try withExtendedLifetime(generator) { try drain(agent, row, since: cpuBefore, &sample) }
            sample.requests += load.acknowledged
            sample.perSecond = load.perSecond
            (sample.p50, sample.p99, sample.p999) = (load.p50, load.p99, load.p999)
            sample.load = load
        }
    }

    private func runHAProxy(
        _ seconds: Double, _ agent: AgentUnderTest, _ row: Row, _ sample: inout Sample
    ) throws {
        let production = try production ?? Nginx("nginx-production", in: workshop)
        self.production = production
        let haproxy = try HAProxy(production: production.port, agent: agent.port, in: workshop)
        let cpuBefore = agent.cpuTime
        let wrk = try WrkResult(port: haproxy.port, seconds: seconds, in: workshop)
        sample.requests = wrk.requests
        sample.perSecond = wrk.perSecond
        (sample.p50, sample.p99) = (wrk.p50, wrk.p99)
        sample.wrk = wrk
        try drain(agent, row, since: cpuBefore, &sample)
    }

    private func drain(
        _ agent: AgentUnderTest, _ row: Row, since cpuBefore: UInt64, _ sample: inout Sample
    ) throws {
        let (cpuTime, isDrained) = try agent.drain(limit: row.drainLimit)
        sample.cpuSeconds += Clock.seconds(cpuTime - cpuBefore)
        sample.isDrained = isDrained
    }

    /// Takes the counters. While copies are under way they may be read in the middle of a change, so a few times.
    private func takeCounters(_ agent: AgentUnderTest, _ sample: inout Sample) throws {
        for _ in 0..<5 {
            sample.counters = try agent.counters()
            guard let counters = sample.counters, counters.missing != 0 || counters.missingOutcomes != 0
            else {
                return
            }
            Clock.sleep(seconds: 0.02)
        }
    }

    private func mirror(_ kind: MirrorKind) throws -> RunningMirror {
        if let mirror = mirrors[kind] { return mirror }
        let mirror = try RunningMirror(kind, in: workshop)
        mirrors[kind] = mirror
        return mirror
    }

    /// Every wait has its limit; should one be forgotten, this ends the benchmark, and with it all its programs.
    private func watchdog(_ row: Row) {
        let seconds =
            switch row.load {
            case .spop(let shape): shape.seconds
            case .haproxy(let seconds): seconds
            }
        alarm(UInt32((seconds + row.drainLimit) * Double(row.rounds)) + 60)
    }
}
