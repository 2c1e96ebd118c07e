import Stats
import Testing

@testable import Agent

@Suite("Counters and budget")
struct StatsTests {
    @Test func banksAddUp() {
        let (one, two) = (CounterBank(), CounterBank())
        one.add(to: .received)
        two.add(41, to: .received)
        two.add(3, to: .queued)
        two.subtract(from: .queued)
        let snapshot = Snapshot([one, two])
        #expect(snapshot[.received] == 42)
        #expect(snapshot[.queued] == 2)
    }

    @Test func theIdentity() {
        let bank = CounterBank()
        #expect(Snapshot([bank]).isBalanced)
        bank.add(4, to: .received)
        #expect(!Snapshot([bank]).isBalanced)
        bank.add(to: .skippedPaused)
        bank.add(to: .droppedTruncated)
        bank.add(to: .inFlight)
        bank.add(to: .completed)
        #expect(!Snapshot([bank]).isBalanced)
        bank.add(to: .responses2xx)
        #expect(Snapshot([bank]).isBalanced)
    }

    @Test func summaryLine() {
        let bank = CounterBank()
        bank.add(3, to: .received)
        bank.add(2, to: .completed)
        bank.add(to: .droppedQueueFull)
        bank.add(2, to: .applets)
        bank.add(to: .idle)
        bank.add(3, to: .processed)
        #expect(
            Snapshot([bank]).summary
                == "received=3 skipped=0 dropped=1 completed=2 failed=0 queued=0 in_flight=0 spoe=1/2 0/0 0/3"
        )
    }

    @Test func dropsAreNewsOnce() {
        let bank = CounterBank()
        var notice = DropNotice()
        #expect(notice.news(in: Snapshot([bank])) == nil)
        bank.add(3, to: .droppedTruncated)
        bank.add(2, to: .droppedQueueFull)
        #expect(
            notice.news(in: Snapshot([bank])) == "copies dropped: queue_full 2, truncated 3")
        #expect(notice.news(in: Snapshot([bank])) == nil)
        bank.add(to: .droppedTruncated)
        bank.add(to: .droppedShutdown)
        #expect(notice.news(in: Snapshot([bank])) == "copies dropped: truncated 1")
    }

    @Test func theQueueBudgetHoldsInNumberAndBytes() {
        let budget = DeliveryBudget()
        #expect(budget.reserveQueue(size: 60, maxQueue: 2, maxBytes: 100))
        #expect(!budget.reserveQueue(size: 41, maxQueue: 2, maxBytes: 100))
        #expect(budget.reserveQueue(size: 40, maxQueue: 2, maxBytes: 100))
        #expect(!budget.reserveQueue(size: 0, maxQueue: 2, maxBytes: 100))
        budget.releaseQueue()
        #expect(!budget.reserveQueue(size: 1, maxQueue: 2, maxBytes: 100))
        budget.releaseBytes(60)
        #expect(budget.reserveQueue(size: 60, maxQueue: 2, maxBytes: 100))
    }

    @Test func theTransferBudgetHolds() {
        let budget = DeliveryBudget()
        #expect(budget.reserveTransfer(maxInFlight: 1))
        #expect(!budget.reserveTransfer(maxInFlight: 1))
        budget.releaseTransfer()
        #expect(budget.reserveTransfer(maxInFlight: 1))
    }
}
