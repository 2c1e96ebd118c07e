import Stats
import System
import Testing

@testable import Agent

@Suite("One worker's copies")
struct OutboxTests {
    private let stage: DeliveryStage
    private let transport = FakeTransport()
    private let draining: Outbox

    init() throws {
        stage = try DeliveryStage()
        draining = stage.outbox(places: stage.destination.books.draining)
    }

    @Test("those of a replaced destination are kept apart")
    func apart() throws {
        let (one, two) = (stage.outbox, stage.outbox)
        for _ in 0..<2 {
            one.append(stage.copy(at: 0))
            #expect(one.startFirst(on: transport, upTo: 4, now: 0))
        }
        one.append(stage.copy(at: 1))
        draining.takeOver(one)
        #expect(one.isEmpty)
        two.append(stage.copy(at: 2))
        #expect(draining.queue.count == 1 && draining.underWay.count == 2 && two.underWay.isEmpty)
        draining.takeOver(two)
        #expect(draining.queue.map(\.header.receivedAt) == [1, 2])
        #expect(draining.drop(receivedBefore: 1.5, .expired) == 1)
        #expect(draining.drop(receivedBefore: 1.5, .expired) == 0)
        #expect(draining.queue.first?.header.receivedAt == 2)
        #expect(draining.drop(receivedBefore: .infinity, .expired) == 1)
        #expect(draining.queue.isEmpty)
        #expect(stage.destination.books.draining.held == 2 && stage.destination.books.inFlight.held == 0)
        // Ends are told to who has them now.
        transport.endAll(.response(200))
        #expect(draining.isEmpty && stage.destination.books.draining.held == 0)
    }

    @Test("workers that are at different destinations may have max-in-flight together")
    func bound() throws {
        let next = stage.destination.changed(to: DestinationSettings(url: try MirrorURL("http://next/")))
        let (one, two) = (stage.outbox, stage.outbox(places: next.books.inFlight))
        one.append(stage.copy(at: 1))
        two.append(stage.copy(at: 1))
        #expect(one.startFirst(on: transport, upTo: 1, now: 2))
        #expect(!two.startFirst(on: transport, upTo: 1, now: 2))
        transport.endAll(.response(200))
        #expect(two.startFirst(on: transport, upTo: 1, now: 2))
        transport.endAll(.response(200))
        #expect(next.books.inFlight.held == 0)
    }

    @Test("nothing starts during a hold, and what is replaced takes it along")
    func hold() throws {
        let one = stage.outbox
        one.append(stage.copy(at: 1))
        one.hold(until: 5)
        #expect(!one.startFirst(on: transport, upTo: 1, now: 4) && one.nextLook(now: 4) == 1)
        #expect(!one.mayStart(now: 4) && one.mayStart(now: 5))
        draining.takeOver(one)
        #expect(!draining.startFirst(on: transport, upTo: 1, now: 4))
        #expect(draining.startFirst(on: transport, upTo: 1, now: 5))
        transport.endAll(.response(200))
    }

    @Test("an unreachable mirror is not held against the next")
    func unreachable() throws {
        let one = stage.outbox
        one.append(stage.copy(at: 1))
        #expect(one.startFirst(on: transport, upTo: 1, now: 10))
        transport.endAll(.failed(.connect))
        #expect(!one.breaker.isFree)
        draining.takeOver(one)
        try stage.replace(by: "http://next/")
        #expect(stage.outbox.breaker.isFree && !draining.breaker.isFree)
        let now = MonotonicClock.now - 1
        #expect(draining.nextLook(now: now) == nil, "nothing waits")
        draining.append(stage.copy(at: 1))
        #expect((draining.nextLook(now: now) ?? 0) > 0)
        #expect(!draining.mayStart(now: now) && draining.mayStart(now: now + 2))
        #expect(!draining.startFirst(on: transport, upTo: 1, now: now))
        #expect(stage.destination.books.draining.held == 0, "the place is given back")
    }
}
