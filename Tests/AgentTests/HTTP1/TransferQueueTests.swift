import Testing

@testable import Agent

@Suite("HTTP/1: transfers that wait")
struct TransferQueueTests {
    @Test("the oldest is the first, and any may leave")
    func order() {
        var queue = TransferQueue()
        let transfers = (0..<6).map { _ in HTTP1Transfer() }
        for transfer in transfers { queue.insert(transfer) }
        #expect(queue.count == 6 && queue.first === transfers[0])
        for index in [0, 3, 5] { queue.remove(transfers[index]) }
        #expect(transfers.map(\.isQueued) == [false, true, true, false, true, false])
        queue.insert(transfers[3])
        for index in [1, 2, 4, 3] { #expect(queue.popFirst() === transfers[index]) }
        #expect(queue.popFirst() == nil && queue.count == 0 && queue.first == nil)
    }

    @Test("many that are let go together end one after the other")
    func many() {
        weak var last: HTTP1Transfer?
        do {
            var queue = TransferQueue()
            for _ in 0..<300_000 {
                let transfer = HTTP1Transfer()
                queue.insert(transfer)
                last = transfer
            }
        }
        #expect(last == nil)
    }
}
