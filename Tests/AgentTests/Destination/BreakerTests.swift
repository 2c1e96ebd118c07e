import Stats
import Testing

@testable import Agent

/// All times are in seconds after the breaker began. Copies may wait for 5 s, as without options.
@Suite("A breaker")
struct BreakerTests {
    private let bank = CopyBank()
    private let breaker: Breaker
    private var settings: DestinationSettings

    init() throws {
        settings = DestinationSettings(url: try MirrorURL("http://h/"))
        breaker = Breaker([bank], mirror: 0, now: 0)
    }

    private var rules: Breaker.Rules { Breaker.Rules(settings) }

    /// The permit of a try; nil when copies go freely, or have to wait.
    private func permit(at now: Double) -> Breaker.Permit? {
        if case .trying(let permit) = breaker.start(at: now, rules) { permit } else { nil }
    }

    private func isHeldBack(at now: Double) -> Bool {
        if case .notNow = breaker.start(at: now, rules) { true } else { false }
    }

    private func end(
        _ ending: Breaker.Ending, _ permit: Breaker.Permit? = nil, from startedAt: Double? = nil,
        at now: Double
    ) {
        if ending != .unreachable { bank.noteConnected(at: Int(now * 1000)) }
        breaker.ended(ending, permit, startedAt: startedAt ?? now, now: now, rules)
    }

    /// Opens it with tries from `start` on, 5 s long.
    private func open(from start: Double = 0) {
        end(.unreachable, at: start)
        end(.unreachable, permit(at: start + 5), at: start + 5)
    }

    private var state: Breaker.State { breaker.snapshot.state }

    @Test("copies go freely while the mirror answers, hangs or breaks the connection")
    func free() {
        for ending in [Breaker.Ending.answered, .failed] {
            end(ending, at: 1)
            guard case .freely = breaker.start(at: 1, rules) else {
                Issue.record("after \(ending)")
                continue
            }
        }
        #expect(breaker.isFree && !breaker.refuses && breaker.nextLook(at: 1) == nil)
        #expect(breaker.snapshot.reason == nil && breaker.takeChanges().changes.isEmpty)
    }

    @Test("without a connection one at a time tries, every 10 ms, and requests are taken as before")
    func outage() {
        end(.unreachable, at: 1)
        #expect(!breaker.isFree && !breaker.refuses && state == .closed)
        #expect(isHeldBack(at: 1.005) && abs((breaker.nextLook(at: 1) ?? 0) - Breaker.interval) < 0.002)
        let first = permit(at: 1.02)
        #expect(first != nil && isHeldBack(at: 1.5), "one at a time")
        #expect(abs((breaker.nextLook(at: 1.5) ?? 0) - Breaker.interval) < 0.002, "another worker may try")
        end(.unreachable, first, at: 2)
        #expect(isHeldBack(at: 2.005))
        let second = permit(at: 2.02)
        #expect(second != nil)
        end(.answered, second, at: 3)
        #expect(breaker.isFree && breaker.takeChanges().changes.isEmpty)
    }

    @Test("it opens when no connection has come about for longer than copies may wait, and not sooner")
    func opens() {
        end(.answered, at: 100)
        end(.unreachable, from: 101, at: 102)
        end(.unreachable, permit(at: 105.9), from: 105.9, at: 105.9)
        #expect(state == .closed)
        end(.unreachable, permit(at: 106), from: 106, at: 106)
        #expect(state == .open && breaker.refuses)
        #expect(breaker.snapshot.reason == .unreachable && breaker.snapshot.since == 106)
        #expect(!breaker.admitsTry(at: 106.2) && breaker.admitsTry(at: 106.3))
    }

    @Test("one copy that waited in vain for a connection for that long is enough")
    func blackHole() {
        end(.answered, at: 3)
        end(.unreachable, from: 10, at: 15)
        #expect(state == .open)
    }

    @Test("an answer that came meanwhile counts, whichever worker got it")
    func otherWorker() {
        let other = CopyBank()
        let breaker = Breaker([bank, other], mirror: 0, now: 0)
        other.noteConnected(at: 14_000)
        breaker.ended(.unreachable, nil, startedAt: 10, now: 15, rules)
        #expect(breaker.snapshot.state == .closed)
        breaker.ended(.unreachable, nil, startedAt: 15, now: 18.9, rules)
        #expect(breaker.snapshot.state == .closed)
        breaker.ended(.unreachable, nil, startedAt: 15, now: 19, rules)
        #expect(breaker.snapshot.state == .open)
    }

    @Test("an outage of before the last connection is forgotten")
    func forgotten() {
        end(.unreachable, at: 1)
        end(.answered, permit(at: 2), at: 2)
        end(.unreachable, at: 60)
        end(.unreachable, permit(at: 64.9), at: 64.9)
        #expect(state == .closed)
    }

    @Test("while it is open one at a time tries, and it closes after three that got through")
    func closes() {
        open()
        #expect(state == .open && isHeldBack(at: 5.1))
        let failing = permit(at: 5.3)
        #expect(failing != nil && !breaker.admitsTry(at: 6) && isHeldBack(at: 6))
        end(.unreachable, failing, at: 6)
        #expect(state == .open && !breaker.admitsTry(at: 6.2))
        for count in 1...3 {
            let time = 6 + Double(count)
            let permit = permit(at: time)
            #expect(permit != nil && isHeldBack(at: time) && !breaker.admitsTry(at: time))
            end(.answered, permit, at: time)
            #expect(state == (count == 3 ? .closed : .halfOpen))
            // The next one does not have to wait.
            #expect(breaker.admitsTry(at: time))
        }
        #expect(breaker.isFree && breaker.snapshot.reason == nil && breaker.snapshot.since == 9)
        let (changes, more) = breaker.takeChanges()
        #expect(changes.map(\.state) == [.open, .halfOpen, .closed] && more == 0)
        #expect(changes.map(\.since) == [5, 7, 9])
        #expect(changes.map(\.reason) == [.unreachable, .unreachable, nil])
        #expect(breaker.takeChanges().changes.isEmpty)
    }

    @Test("a copy that got a connection is as good as an answer, but for one that had it before")
    func connections() {
        open()
        end(.failed, at: 5.1)
        #expect(state == .open)
        for _ in 0..<3 { end(.failed, permit(at: 6), at: 6) }
        #expect(state == .closed)
    }

    @Test("half-open, it opens again only when no connection has come about for as long")
    func opensAgain() {
        open()
        end(.answered, permit(at: 6), at: 6)
        end(.unreachable, permit(at: 7), at: 7)
        #expect(state == .halfOpen && isHeldBack(at: 7.005))
        // One of ten: it closes all the same.
        end(.unreachable, permit(at: 8), at: 8)
        end(.answered, permit(at: 9), at: 9)
        #expect(state == .halfOpen)
        end(.unreachable, permit(at: 10), at: 10)
        end(.unreachable, permit(at: 15), at: 15)
        #expect(state == .open)
    }

    @Test("answers of copies that were under way before count")
    func lateAnswers() {
        open()
        for _ in 0..<3 { end(.answered, at: 6) }
        #expect(breaker.isFree)
    }

    @Test("a permit comes back whatever becomes of who has it", arguments: [false, true])
    func permits(isOpen: Bool) {
        if isOpen { open() } else { end(.unreachable, at: 5) }
        var held = permit(at: 6)
        #expect(held != nil && isHeldBack(at: 6))
        held = nil
        held = permit(at: 6)
        #expect(held != nil, "it is gone with its copy")
    }

    @Test("a try that hangs keeps others back for ten seconds, or for the time for a connection")
    func hangs() {
        open()
        var first = permit(at: 6)
        #expect(first != nil && isHeldBack(at: 15.9) && !breaker.admitsTry(at: 15.9))
        let second = permit(at: 16.1)
        #expect(second != nil && isHeldBack(at: 16.2))
        // The first has no right any more: neither its end nor its loss lets another one in.
        end(.unreachable, first, at: 17)
        first = nil
        #expect(isHeldBack(at: 17.5))
        end(.unreachable, second, at: 18)
        #expect(permit(at: 18.3) != nil)
        var slow = DestinationSettings(url: settings.url)
        slow.connectTimeout = .seconds(60)
        #expect(Breaker.Rules(slow).lease == 60_000)
        slow.connectTimeout = .seconds(1e15)
        #expect(Breaker.Rules(slow).lease == 86_400_000)
    }

    @Test("a permit of another breaker is no try here, and comes back there")
    func foreignPermit() {
        let other = Breaker([], mirror: 1, now: 0)
        open()
        end(.unreachable, at: 5)
        other.ended(.failed, permit(at: 6), startedAt: 6, now: 6, rules)
        #expect(permit(at: 6) != nil)
    }

    @Test("off, it never opens, and one at a time tries")
    mutating func off() {
        settings.breaker.mode = .off
        for time in 1...1000 { end(.unreachable, permit(at: Double(time)), at: Double(time)) }
        #expect(state == .closed && !breaker.refuses && isHeldBack(at: 1000))
    }

    @Test("with failures, it opens at the share of copies that got no answer, of 20 at least")
    mutating func failures() {
        settings.breaker.mode = .failures
        func count(_ counter: Counter, _ ending: Breaker.Ending, at now: Double) {
            bank.counters.add(to: counter)
            end(ending, at: now)
        }
        // What was there when it began does not count.
        bank.counters.add(1000, to: .failedTimeout)
        for second in 1...10 { count(.failedConnect, .failed, at: Double(second)) }
        for second in 11...20 { count(.responses5xx, .answered, at: Double(second)) }
        for second in 21...29 { count(.failedTimeout, .failed, at: Double(second)) }
        #expect(state == .closed)
        count(.failedReset, .failed, at: 30)
        #expect(state == .open && breaker.snapshot.reason == .failures)
        // A try that gets a connection only is not enough.
        end(.failed, permit(at: 31), at: 31)
        #expect(state == .open)
        end(.answered, permit(at: 32), at: 32)
        #expect(state == .halfOpen)
        end(.failed, permit(at: 33), at: 33)
        #expect(state == .open && breaker.snapshot.reason == .failures)
        for second in 34...36 { end(.answered, permit(at: Double(second)), at: Double(second)) }
        #expect(state == .closed)
        // And what was before it closed is forgotten.
        for second in 37...55 { count(.failedTimeout, .failed, at: Double(second)) }
        #expect(state == .closed)
        count(.failedTimeout, .failed, at: 56)
        #expect(state == .open)
    }

    @Test("a mirror that restarts has not failed")
    mutating func restart() {
        settings.breaker.mode = .failures
        end(.answered, at: 0)
        for step in 1...400 {
            let time = 1 + Double(step) * 0.012
            bank.counters.add(to: .failedConnect)
            end(.unreachable, permit(at: time), at: time)
        }
        end(.answered, permit(at: 5.9), at: 5.9)
        #expect(breaker.isFree)
    }

    @Test("changes that nobody takes are counted, and the last ones kept")
    func manyChanges() {
        for round in 0..<10 {
            let start = Double(round) * 100
            open(from: start)
            for step in 1...3 { end(.answered, permit(at: start + 5.5 + Double(step)), at: start + 9) }
        }
        let (changes, more) = breaker.takeChanges()
        #expect(changes.count == 16 && more == 14 && changes.last?.state == .closed)
    }
}
