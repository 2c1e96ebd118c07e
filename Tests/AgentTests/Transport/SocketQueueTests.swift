import Glibc
import Testing

@testable import Agent

@Suite("Sockets that are served in a pass")
struct SocketQueueTests {
    private let loop: EventLoop
    private let budget: PassBudget
    private let queue: SocketQueue

    init() throws {
        loop = try EventLoop(backend: nil)
        budget = PassBudget(loop: loop)
        queue = SocketQueue(budget: budget)
    }

    /// One pass, in which `sockets` are ready, in that order; each takes most of what a pass may take. Returns those that were served.
    private func pass(_ sockets: [Int32]) -> [Int32] {
        var served: [Int32] = []
        let timer = TimerWatcher(loop: loop) { [loop, queue] in
            queue.beginPass()
            for socket in sockets where queue.serves(socket) {
                served.append(socket)
                usleep(300)
            }
            loop.stop()
        }
        timer.start(after: 0.001)
        loop.run()
        return served
    }

    @Test("each has its turn, however many are always ready")
    func turns() {
        var counts: [Int32: Int] = [:]
        for _ in 0..<60 {
            let served = pass(Array(0..<10))
            #expect(!served.isEmpty && served.count <= 2)
            for socket in served { counts[socket, default: 0] += 1 }
        }
        // Who was served late in one round may miss the next.
        #expect(
            counts.count == 10 && 3 * (counts.values.min() ?? 0) >= (counts.values.max() ?? 0), "\(counts)")
    }

    @Test("one that is not ready any more holds up nobody for longer than a pass")
    func gone() {
        _ = pass(Array(0..<10))
        // Closed, while it was owed.
        var served: Set<Int32> = []
        for _ in 0..<6 { served.formUnion(pass([1, 2])) }
        #expect(served == [1, 2])
    }

    @Test("what takes no time is served at once")
    func idle() {
        #expect(pass([3]) == [3] && pass([3]) == [3])
    }
}
