import Stats
import System
import Testing

@testable import Agent

@Suite("One worker's delivery")
struct DeliveryTests {
    @Test("a copy is counted at each step, and gives back what it held")
    func account() throws {
        let stage = try DeliveryStage()
        try stage.enqueue(2)
        let counters = stage.counters
        #expect(counters.value(of: .queued) == 2 && stage.destination.books.queued.held == 2)
        #expect(Int(counters.value(of: .queuedBytes)) == stage.memory.copies.held)
        stage.pass()
        #expect(counters.value(of: .queued) == 0 && counters.value(of: .inFlight) == 2)
        #expect(stage.destination.books.inFlight.held == 2 && stage.destination.books.queued.held == 0)
        #expect(stage.memory.copies.held > 0)
        stage.transport.end(stage.transport.underWay[0], .response(204))
        stage.transport.end(stage.transport.underWay[0], .failed(.reset), "x")
        #expect(counters.value(of: .inFlight) == 0 && counters.value(of: .completed) == 2)
        #expect(counters.value(of: .responses2xx) == 1 && counters.value(of: .failedReset) == 1)
        #expect(counters.value(of: .bytesSent) == 20 && counters.value(of: .bytesReceived) == 40)
        #expect(counters.value(of: .mirrorConnections) == 2)
        #expect(stage.memory.copies.held == 0 && stage.destination.books.inFlight.held == 0)
        #expect(counters.value(of: .queuedBytes) == 0)
    }

    @Test("the queue is bounded in number and bytes")
    func queue() throws {
        let size = try DeliveryStage().copy().memorySize
        let stage = try DeliveryStage(maxQueue: 2, maxQueueBytes: 3 * size - 1)
        try stage.enqueue(2)
        #expect(throws: Refusal.queueFull) { try stage.enqueue(1) }
        #expect(throws: Refusal.queueFull, "before it is made") { try stage.delivery.room(now: 0) }
        stage.pass()
        #expect(try stage.delivery.room(now: 0) == size - 1)
        #expect(stage.transport.underWay.count == 2)
        #expect(throws: Refusal.queueFull, "what is under way holds bytes") { try stage.enqueue(1) }
        #expect(stage.destination.books.queued.held == 0)
        stage.transport.end(stage.transport.underWay[0], .response(200))
        try stage.enqueue(1)
        #expect(stage.counters.value(of: .queued) == 1)
    }

    @Test(
        "transfers to replaced destinations come on top, as many again at most, and half of that for what waits"
    )
    func replaced() throws {
        let stage = try DeliveryStage(maxInFlight: 4)
        try stage.enqueue(7)
        stage.pass()
        #expect(stage.transport.urls == Array(repeating: "http://first/", count: 4))
        try stage.replace(by: "http://second/")
        #expect(stage.destination.books.draining.held == 4 && stage.transport.givenUp.isEmpty)
        try stage.enqueue(5)
        stage.pass()
        #expect(stage.transport.urls.count { $0 == "http://second/" } == 4)
        #expect(stage.transport.underWay.count == 8, "none of the first waits any less")
        try stage.replace(by: "http://third/")
        #expect(
            stage.transport.givenUp.map(\.url) == Array(repeating: "http://first/", count: 4), "the oldest")
        for given in stage.transport.givenUp {
            #expect(given.reason == .timeout)
            #expect(given.cause == "given up for copies to a mirror that replaced it")
        }
        #expect(stage.counters.value(of: .failedTimeout) == 4)
        try stage.enqueue(1)
        stage.pass()
        #expect(stage.transport.urls.contains("http://third/"), "whatever hangs elsewhere")
        #expect(stage.transport.underWay.count == 5)
        for transfer in stage.transport.underWay
        where transfer.copy?.header.url.text != "http://third/" {
            stage.transport.end(transfer, .response(200))
        }
        stage.pass()
        #expect(
            stage.transport.urls.sorted() == ["http://first/", "http://first/", "http://third/"],
            "half of them at most")
        stage.transport.endAll(.response(200))
        stage.pass()
        #expect(
            stage.transport.urls.sorted() == ["http://first/", "http://second/"],
            "each where it was meant to go")
        stage.transport.endAll(.response(200))
        #expect(stage.destination.books.draining.held == 0 && stage.destination.books.inFlight.held == 0)
        #expect(stage.counters.value(of: .completed) == 13 && stage.memory.copies.held == 0)
    }

    @Test("a worker that is cut off blames the replaced one first")
    func cutOff() throws {
        let stage = try DeliveryStage()
        try stage.enqueue(1)
        stage.pass()
        try stage.replace(by: "http://second/")
        try stage.enqueue(2)
        stage.pass()
        stage.transport.client?.mirrorWasCutOff("x")
        #expect(stage.transport.givenUp.map(\.url) == ["http://first/"])
        #expect(stage.transport.givenUp.first?.reason == .reset)
        #expect(stage.transport.underWay.count == 2)
        stage.transport.client?.mirrorWasCutOff("x")
        #expect(stage.transport.givenUp.count == 3 && stage.transport.underWay.isEmpty)
        #expect(stage.counters.value(of: .mirrorCutOffs) == 2 && stage.counters.value(of: .failedReset) == 3)
        try stage.enqueue(1)
        stage.pass()
        #expect(stage.transport.underWay.isEmpty, "twice within a short time: it is held")
    }

    @Test("a copy that the transport has no memory for has failed")
    func noMemory() throws {
        let stage = try DeliveryStage()
        stage.transport.isFull = true
        try stage.enqueue(1)
        stage.pass()
        #expect(stage.counters.value(of: .failedOther) == 1 && stage.counters.value(of: .inFlight) == 0)
        #expect(stage.destination.books.inFlight.held == 0 && stage.memory.copies.held == 0)
    }

    @Test("the end drops what is left, and draining tells when nothing is")
    func ends() throws {
        let stage = try DeliveryStage(maxInFlight: 1)
        try stage.enqueue(3)
        stage.pass()
        var isDrained = false
        stage.delivery.drain { isDrained = true }
        #expect(!isDrained)
        #expect(stage.delivery.abandon() == 3)
        #expect(stage.counters.value(of: .droppedShutdown) == 3 && stage.counters.value(of: .completed) == 0)
        #expect(stage.destination.books.inFlight.held == 0 && stage.memory.copies.held == 0)
        try stage.enqueue(1)
        stage.pass()
        #expect(!isDrained)
        stage.transport.endAll(.response(200))
        #expect(isDrained)
    }
}
