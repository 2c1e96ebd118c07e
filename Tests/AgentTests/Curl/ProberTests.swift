import System
import Testing

@testable import Agent

@Suite("Probes that operators ask for")
struct ProberTests {
    private let loop: EventLoop
    private let prober: Prober
    private let listener: LoopbackListener

    init() throws {
        loop = try EventLoop(backend: nil)
        prober = Prober(loop: loop)
        listener = try LoopbackListener()
    }

    private final class Found { var findings: [ProbeFinding] = [] }

    /// A destination that hangs in TLS.
    private func destination() throws -> DestinationSettings {
        DestinationSettings(url: try MirrorURL("https://127.0.0.1:\(listener.port)/"))
    }

    private func run(until condition: @escaping () -> Bool) throws {
        let deadline = MonotonicClock.now + 30
        let timer = TimerWatcher(loop: loop) { [loop] in
            if condition() || MonotonicClock.now > deadline { loop.stop() }
        }
        timer.start(after: 0, every: 0.001)
        loop.run()
        try #require(condition())
    }

    @Test("are so many at most, and one that is let go makes room")
    func bound() throws {
        let destination = try destination()
        var probes: [Probe] = []
        for _ in 0..<Prober.most {
            #expect(prober.hasRoom)
            probes.append(prober.probe(destination) { _ in })
        }
        #expect(!prober.hasRoom)
        probes.removeLast()
        #expect(prober.hasRoom)
        let change = prober.probe(changedTo: destination) { _ in }
        #expect(prober.hasRoom, "that of a change comes on top")
        withExtendedLifetime((probes, change)) {}
    }

    @Test("of two changes the last one is probed")
    func lastChange() throws {
        let (first, second) = (Found(), Found())
        let one = prober.probe(changedTo: try destination()) { first.findings.append($0) }
        let two = prober.probe(changedTo: try destination()) { second.findings.append($0) }
        try run { !first.findings.isEmpty }
        #expect(first.findings == [.unknown("another destination was set meanwhile")])
        #expect(second.findings.isEmpty)
        withExtendedLifetime((one, two)) {}
    }

    @Test("end when the agent stops, and so do those that come then")
    func stop() throws {
        let found = Found()
        let asked = prober.probe(try destination()) { found.findings.append($0) }
        let change = prober.probe(changedTo: try destination()) { found.findings.append($0) }
        prober.stop()
        let late = prober.probe(try destination()) { found.findings.append($0) }
        try run { found.findings.count == 3 }
        #expect(found.findings == Array(repeating: .unknown("the agent is stopping"), count: 3))
        withExtendedLifetime((asked, change, late)) {}
    }

    @Test("many changes in a row that are not answered take little time")
    func patience() {
        var patience = ProbePatience()
        #expect(patience.seconds(at: 100) == 3)
        patience.spend(3)
        // 200 of them, each with some work beside the wait.
        var (now, waited) = (103.0, 0.0)
        for _ in 0..<200 {
            let seconds = patience.seconds(at: now)
            #expect(seconds >= ProbePatience.least)
            patience.spend(seconds)
            now += seconds + 0.01
            waited += seconds
        }
        #expect(waited < 15)
        #expect(patience.seconds(at: now + 60) == 3, "some time later all is as before")
    }
}
