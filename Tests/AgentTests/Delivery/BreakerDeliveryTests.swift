import Stats
import System
import Testing

@testable import Agent

@Suite("Delivery: an open breaker")
struct BreakerDeliveryTests {
    private let stage: DeliveryStage

    init() throws { stage = try DeliveryStage() }

    private var breaker: Breaker { stage.destination.breaker }

    private var isRefused: Bool {
        do throws(Refusal) { _ = try stage.delivery.room(now: MonotonicClock.now) } catch {
            return error == .breaker
        }
        return false
    }

    /// Lets one copy in, which tries.
    private func tryOne() throws {
        #expect(!isRefused)
        try stage.enqueue(1)
        #expect(isRefused, "one that waits is as good")
        stage.pass()
        #expect(stage.transport.underWay.last?.permit != nil && isRefused)
    }

    @Test("refuses requests but one at a time, and nothing is queued; three answers close it")
    func closes() throws {
        stage.openBreaker()
        for count in 1...3 {
            try tryOne()
            stage.transport.endAll(.response(503))
            #expect(breaker.snapshot.state == (count == 3 ? .closed : .halfOpen))
        }
        try stage.enqueue(40)
        stage.pass()
        #expect(stage.transport.underWay.count == 32)
    }

    @Test("a copy that waits from before is the one that tries")
    func waiting() throws {
        try stage.enqueue(3)
        stage.openBreaker()
        #expect(isRefused)
        stage.pass()
        stage.pass()
        #expect(stage.transport.underWay.count == 1 && stage.counters.value(of: .queued) == 2)
        for _ in 1...3 {
            stage.transport.endAll(.response(200))
            stage.pass()
        }
        #expect(breaker.isFree && stage.counters.value(of: .responses2xx) == 3)
    }

    @Test("a permit comes back from a copy that is taken back, replaced, flushed, or has no memory")
    func permits() throws {
        stage.openBreaker()
        let first = breaker
        func isFreeToTry(_ breaker: Breaker) -> Bool { breaker.admitsTry(at: MonotonicClock.now) }
        try tryOne()
        #expect(!isFreeToTry(first))
        #expect(stage.delivery.abandon() == 1 && isFreeToTry(first))
        stage.transport.isFull = true
        try stage.enqueue(1)
        stage.pass()
        #expect(stage.counters.value(of: .failedOther) == 1 && isFreeToTry(first))
        #expect(first.snapshot.state == .open, "no memory says nothing of the mirror")
        stage.transport.isFull = false
        try tryOne()
        try stage.replace(by: "http://second/")
        #expect(!isRefused && breaker.isFree, "another mirror")
        #expect(!isFreeToTry(first), "it is still under way there")
        try stage.replace(by: "http://third/")
        stage.delivery.flush { _ in }
        stage.pass()
        #expect(stage.transport.underWay.isEmpty && isFreeToTry(first))
        #expect(stage.counters.value(of: .droppedFlushed) == 1)
    }

    @Test("what comes of a try for a mirror that was replaced says nothing of the next")
    func replaced() throws {
        stage.openBreaker()
        try tryOne()
        try stage.replace(by: "http://second/")
        stage.transport.endAll(.failed(.connect))
        #expect(breaker.isFree)
        try stage.enqueue(2)
        stage.pass()
        #expect(stage.transport.underWay.count == 2)
    }

    @Test("off opens the way at once, for what waits too")
    func off() throws {
        try stage.enqueue(5)
        stage.openBreaker()
        #expect(isRefused)
        stage.change { $0.breaker.mode = .off }
        #expect(!isRefused)
        stage.pass()
        #expect(stage.transport.underWay.count == 5)
        stage.openBreaker()
        #expect(!isRefused, "off never opens")
        stage.change { $0.breaker.mode = .unreachable }
        stage.transport.endAll(.response(200))
        stage.openBreaker()
        #expect(breaker.refuses)
        stage.change { $0.breaker.mode = .failures }
        #expect(!isRefused)
    }

    @Test("two workers: one of them tries")
    func workers() throws {
        let outboxes = [stage.outbox, stage.outbox]
        for outbox in outboxes { outbox.append(stage.copy(at: 1)) }
        stage.openBreaker()
        let now = MonotonicClock.now
        let started = outboxes.map { $0.startFirst(on: stage.transport, upTo: 9, now: now) }
        #expect(started == [true, false] && stage.destination.books.inFlight.held == 1)
        #expect((outboxes[1].nextLook(now: now) ?? 9) <= Breaker.openInterval)
        stage.transport.endAll(.response(200))
        #expect(outboxes[1].startFirst(on: stage.transport, upTo: 9, now: MonotonicClock.now))
        stage.transport.endAll(.response(200))
    }
}
