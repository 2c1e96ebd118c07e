import Stats
import Testing

@testable import Agent

@Suite("Copies for replaced destinations that are given up")
struct FlushingTests {
    /// Copies that wait, and four that are under way, for one destination that was replaced.
    private func stage(waiting: Int = 6) throws -> DeliveryStage {
        let stage = try DeliveryStage(maxInFlight: 4)
        try stage.enqueue(4 + waiting)
        stage.pass()
        try stage.replace(by: "http://second/")
        return stage
    }

    /// How often it was told of the end, and with which numbers.
    private final class Told { var counts: [Int] = [] }

    private func isBalanced(_ stage: DeliveryStage, entered: UInt64) -> Bool {
        let counters = stage.counters
        let ended =
            counters.value(of: .completed) + counters.value(of: .droppedFlushed)
            + counters.value(of: .droppedShutdown)
        return ended + counters.value(of: .queued) + counters.value(of: .inFlight) == entered
    }

    @Test("all of them, waiting or under way, and none of the present one's")
    func all() throws {
        let (stage, told) = (try stage(), Told())
        try stage.enqueue(5)
        stage.delivery.flush { told.counts.append($0) }
        #expect(told.counts.isEmpty)
        stage.pass()
        #expect(told.counts == [10])
        #expect(stage.counters.value(of: .droppedFlushed) == 10)
        #expect(stage.transport.urls == Array(repeating: "http://second/", count: 4))
        #expect(stage.destination.books.draining.held == 0 && stage.destination.books.queued.held == 1)
        #expect(stage.counters.value(of: .completed) == 0, "none of them is a failure")
        #expect(isBalanced(stage, entered: 15))
        stage.transport.endAll(.response(200))
        stage.pass()
        stage.transport.endAll(.response(200))
        #expect(stage.counters.value(of: .completed) == 5)
        #expect(stage.memory.copies.held == 0 && stage.destination.books.inFlight.held == 0)
        #expect(isBalanced(stage, entered: 15))
    }

    @Test("nothing is told at once")
    func nothing() throws {
        let (stage, told) = (try DeliveryStage(), Told())
        try stage.enqueue(3)
        stage.pass()
        stage.delivery.flush { told.counts.append($0) }
        #expect(told.counts == [0])
        #expect(stage.transport.underWay.count == 3)
    }

    @Test(
        "a destination that is replaced meanwhile keeps its copies, and one that waited for its try goes on")
    func meanwhile() throws {
        let (stage, told) = (try stage(), Told())
        stage.transport.end(stage.transport.underWay[0], .failed(.connect), "x")
        try stage.enqueue(2)
        stage.delivery.flush { told.counts.append($0) }
        try stage.replace(by: "http://third/")
        stage.pass()
        #expect(told.counts == [9])
        stage.pass()
        #expect(stage.transport.urls == ["http://second/", "http://second/"])
        stage.transport.endAll(.response(200))
        #expect(isBalanced(stage, entered: 12))
        #expect(stage.destination.books.draining.held == 0)
    }

    @Test("thousands go in steps, whoever asks twice is told twice, and a pause changes nothing")
    func many() throws {
        let (stage, told) = (try stage(waiting: 3000), Told())
        stage.delivery.flush { told.counts.append($0) }
        stage.pass()
        #expect(told.counts.isEmpty && stage.counters.value(of: .droppedFlushed) >= 500)
        stage.delivery.flush { told.counts.append($0) }
        try stage.pause()
        var passes = 0
        while told.counts.count < 2, passes < 20 {
            stage.pass()
            passes += 1
        }
        #expect(told.counts.first == 3004 && told.counts.count == 2)
        #expect(stage.counters.value(of: .droppedFlushed) == 3004 && isBalanced(stage, entered: 3004))
        #expect(stage.memory.copies.held == 0 && stage.destination.books.queued.held == 0)
    }

    @Test("a worker that stops tells what it has given up, and waits for the rest")
    func stop() throws {
        let (stage, told) = (try stage(waiting: 2000), Told())
        var isDrained = false
        stage.delivery.flush { told.counts.append($0) }
        stage.delivery.drain { isDrained = true }
        #expect(!isDrained)
        stage.pass()
        #expect(!isDrained)
        let flushed = Int(stage.counters.value(of: .droppedFlushed))
        #expect(stage.delivery.abandon() == 2004 - flushed)
        #expect(told.counts == [flushed])
        #expect(isBalanced(stage, entered: 2004))
    }
}
