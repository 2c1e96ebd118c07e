import Testing

@testable import Agent

@Suite("Lanes")
struct LanesTests {
    private func copy(_ destination: MirrorURL, at time: Double) -> MirrorRequest {
        MirrorRequest.make(
            size: 16, destination: destination, arrival: Arrival(id: 1, receivedAt: time, bufferSize: 16384))
    }

    @Test func aReplacedDestinationKeepsItsCopiesApart() throws {
        let (one, two) = (try MirrorURL("http://one/"), try MirrorURL("http://two/"))
        var lanes = Lanes()
        lanes.current.queue.append(copy(one, at: 1))
        lanes.current.began()
        lanes.current.began()
        #expect(lanes.retire() == 2)
        lanes.current.queue.append(copy(two, at: 2))
        #expect(lanes.count == 2 && lanes.retired.active == 2 && lanes.current.active == 0)
        #expect(lanes.retire() == 0)
        #expect(lanes.retired.queue.map(\.header.receivedAt) == [1, 2])
        #expect(lanes.popFirst(receivedBefore: 1.5)?.header.receivedAt == 1)
        #expect(lanes.popFirst(receivedBefore: 1.5) == nil)
        #expect(lanes.popFirst(receivedBefore: .infinity)?.header.receivedAt == 2)
        #expect(lanes.isEmpty)
    }

    @Test func anUnreachableMirrorIsNotHeldAgainstTheNext() throws {
        var lanes = Lanes()
        lanes.current.began()
        lanes.current.ended(.failed(.connect), now: 10)
        #expect(lanes.current.probing.allowance(32, now: 10) == 0)
        _ = lanes.retire()
        #expect(lanes.current.probing.allowance(32, now: 10) == 32)
        #expect(lanes.retired.probing.allowance(32, now: 10) == 0)
        lanes.retired.queue.append(copy(try MirrorURL("http://h/"), at: 1))
        #expect((lanes.nextLook(now: 10) ?? 0) > 0)
    }

    @Test func transfersToOldDestinationsComeOnTop() {
        let budget = DeliveryBudget()
        for _ in 0..<4 { #expect(budget.reserveTransfer(maxInFlight: 4)) }
        #expect(!budget.reserveTransfer(maxInFlight: 4))
        budget.retire(4)
        #expect(budget.excess(maxInFlight: 4) == 0)
        for _ in 0..<4 { #expect(budget.reserveTransfer(maxInFlight: 4)) }
        #expect(!budget.reserveTransfer(maxInFlight: 4))
        budget.retire(4)
        #expect(budget.excess(maxInFlight: 4) == 4, "these are to be given up")
        #expect(budget.reserveTransfer(maxInFlight: 4), "whatever hangs elsewhere")
        for _ in 0..<8 { budget.releaseRetiredTransfer() }
        #expect(budget.reserveRetiredTransfer(maxInFlight: 4))
        #expect(budget.reserveRetiredTransfer(maxInFlight: 4))
        #expect(!budget.reserveRetiredTransfer(maxInFlight: 4), "half of them at most")
    }
}
