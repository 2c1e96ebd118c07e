internal import System

/// Reaches destinations for operators, on the main thread: no worker knows of it, and none of what workers know is used up. It
/// resolves names for itself, on threads of its own.
final class Prober {
    /// Probes that operators ask for at once; the one of a change comes on top.
    static let most = 8
    /// How long one may take: answers have to be there before `mirrorctl` gives up, after 5 s.
    static let longest = Duration.seconds(3)
    /// Look-ups at once.
    private static let threads = 2

    private let loop: EventLoop
    private lazy var names = Names(resolver: Resolver(maxThreads: Self.threads), loop: loop)
    /// The thread's calls into libcurl are bounded.
    private var isGuarded = false
    private var isStopped = false
    private var probes: [Weak] = []
    /// That of the last change.
    private weak var change: Probe?
    private var patience = ProbePatience()

    private struct Weak {
        weak var probe: Probe?
    }

    init(loop: EventLoop) { self.loop = loop }

    /// Another one that an operator asks for may begin.
    var hasRoom: Bool { probes.count { $0.probe != nil } < Self.most }

    /// Probes `destination`, whose authorities are read, and tells what was `found` later, unless the probe is let go. To be called
    /// only while there is room.
    func probe(
        _ destination: DestinationSettings, found: @escaping (ProbeFinding) -> Void
    ) -> Probe {
        probes.removeAll { $0.probe == nil }
        let probe = begin(destination, Self.longest, found)
        probes.append(Weak(probe: probe))
        return probe
    }

    /// The same for a destination that has been set: of those, the last one alone is of interest. Many that are not answered, one
    /// after the other, get less and less time: whoever sets them does not wait for all of them.
    func probe(
        changedTo destination: DestinationSettings, found: @escaping (ProbeFinding) -> Void
    ) -> Probe {
        change?.giveUp("another destination was set meanwhile")
        let start = MonotonicClock.now
        let longest = Duration.milliseconds(Int(patience.seconds(at: start) * 1000))
        let probe = begin(destination, longest) { [weak self] finding in
            self?.patience.spend(MonotonicClock.now - start)
            found(finding)
        }
        change = probe
        return probe
    }

    /// The agent stops: probes under way and later ones end with that as their answer.
    func stop() {
        isStopped = true
        for probe in probes.map(\.probe) + [change] { probe?.giveUp(Self.stopping) }
    }

    private static let stopping = "the agent is stopping"

    private func begin(
        _ destination: DestinationSettings, _ longest: Duration, _ found: @escaping (ProbeFinding) -> Void
    ) -> Probe {
        if !isGuarded { CallGuard.begin(for: nil) }
        isGuarded = true
        let probe = Probe(destination, longest: longest, loop: loop, names: names, found: found)
        if isStopped { probe.giveUp(Self.stopping) }
        return probe
    }
}

/// How long the probes of changes may take together: with the first that is not answered, nearly all of it is gone.
struct ProbePatience {
    /// Seconds for one of them, at most and at least.
    static let most = Prober.longest.inSeconds
    static let least = 0.05
    /// Seconds that come back in each second.
    static let share = 0.3

    private var left = most
    private var lastTime = -Double.infinity

    /// What a probe that begins at `now` gets.
    mutating func seconds(at now: Double) -> Double {
        left = min(Self.most, left + (now - lastTime) * Self.share)
        lastTime = now
        return max(Self.least, left)
    }

    /// One has taken so many seconds.
    mutating func spend(_ seconds: Double) { left = max(0, left - seconds) }
}
