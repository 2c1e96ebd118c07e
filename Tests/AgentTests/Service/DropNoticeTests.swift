import Stats
import Testing

@testable import Agent

@Suite("Notices of dropped copies")
struct DropNoticeTests {
    @Test func dropsAreNewsOnce() {
        let bank = ThreadBank()
        var notice = DropNotice()
        #expect(notice.news(in: Snapshot([bank])) == nil)
        bank.counters.add(3, to: .droppedTruncated)
        bank.counters.add(2, to: .droppedQueueFull)
        #expect(
            notice.news(in: Snapshot([bank])) == "copies dropped: queue_full 2, truncated 3")
        #expect(notice.news(in: Snapshot([bank])) == nil)
        bank.counters.add(to: .droppedTruncated)
        bank.counters.add(to: .droppedShutdown)
        #expect(notice.news(in: Snapshot([bank])) == "copies dropped: truncated 1")
    }
}
