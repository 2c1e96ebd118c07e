import Stats
import Testing

@Suite("Counters")
struct SnapshotTests {
    @Test func banksAddUp() {
        let (one, two) = (ThreadBank(), ThreadBank())
        one.counters.add(to: .received)
        two.counters.add(41, to: .received)
        two.counters.add(3, to: .queued)
        two.counters.subtract(from: .queued)
        let snapshot = Snapshot([one, two])
        #expect(snapshot[.received] == 42)
        #expect(snapshot[.queued] == 2)
    }

    @Test func theIdentity() {
        let bank = ThreadBank()
        #expect(Snapshot([bank]).isBalanced)
        bank.counters.add(4, to: .received)
        #expect(!Snapshot([bank]).isBalanced)
        bank.counters.add(to: .skippedPaused)
        bank.counters.add(to: .droppedTruncated)
        bank.counters.add(to: .inFlight)
        bank.counters.add(to: .completed)
        #expect(!Snapshot([bank]).isBalanced)
        bank.counters.add(to: .responses2xx)
        #expect(Snapshot([bank]).isBalanced)
    }

    @Test func summaryLine() {
        let bank = ThreadBank()
        bank.counters.add(3, to: .received)
        bank.counters.add(2, to: .completed)
        bank.counters.add(to: .droppedQueueFull)
        bank.counters.add(2, to: .applets)
        bank.counters.add(to: .idle)
        bank.counters.add(3, to: .processed)
        #expect(
            Snapshot([bank]).summary
                == "received=3 skipped=0 dropped=1 completed=2 failed=0 queued=0 in_flight=0 spoe=1/2 0/0 0/3"
        )
    }

    @Test func zeroLeavesWhatIsUnderWay() {
        let bank = ThreadBank()
        bank.counters.add(10, to: .received)
        bank.counters.add(7, to: .completed)
        bank.counters.add(7, to: .responses2xx)
        bank.counters.add(2, to: .queued)
        bank.counters.add(1, to: .inFlight)
        let since = Snapshot([bank]).since(Snapshot([bank]).zero)
        #expect(since[.received] == 3 && since[.completed] == 0 && since[.queued] == 2)
        #expect(since.isBalanced)
    }
}
