import Glibc
import System
import Testing

@testable import Agent

/// Probes on a loop of their own, and what they have found.
final class ProbeStage {
    let loop: EventLoop
    let lookUps = LookUps()
    var settings = DestinationSettings()
    private(set) var findings: [ProbeFinding] = []
    private(set) var names: Names?
    private var probes: [Probe] = []

    init() throws {
        loop = try EventLoop(backend: nil)
        names = Names(resolver: lookUps.resolver, loop: loop)
    }

    // While the loop is there.
    deinit {
        probes = []
        names = nil
    }

    /// Runs the loop until `condition` holds.
    func run(until condition: @escaping () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        let deadline = MonotonicClock.now + 30
        let timer = TimerWatcher(loop: loop) { [loop] in
            if condition() || MonotonicClock.now > deadline { loop.stop() }
        }
        timer.start(after: 0, every: 0.001)
        loop.run()
        try #require(condition(), "\(findings)", sourceLocation: sourceLocation)
    }

    /// Begins a probe, which tells nothing before the loop runs.
    func begin(_ url: String, within longest: Duration = .seconds(10)) throws {
        settings.url = try MirrorURL(url)
        let before = findings.count
        let probe = Probe(settings, longest: longest, loop: loop, names: try #require(names)) {
            [unowned self] in
            findings.append($0)
        }
        probes.append(probe)
        #expect(findings.count == before)
    }

    /// What comes of a probe; meanwhile, `peer` is called again and again.
    func probe(
        _ url: String, within longest: Duration = .seconds(10), while peer: @escaping () -> Void = {}
    ) throws -> ProbeFinding {
        let before = findings.count
        try begin(url, within: longest)
        try run { [self] in
            peer()
            return findings.count > before
        }
        return findings[before]
    }

    /// Has all end soon, because of `reason`.
    func giveUp(_ reason: String) {
        for probe in probes { probe.giveUp(reason) }
    }

    /// Lets go of all.
    func letGo() { probes = [] }
}
