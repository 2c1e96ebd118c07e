import System
import Testing

@testable import Agent

@Suite("HTTP/1: how many connections are made")
struct ConnectionBudgetTests {
    @Test("a mirror that hangs gets few, and what waits goes on to wait")
    func hangs() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send(count: 100)
        stage.settle()
        #expect(stage.maker.wires.count == 16, "connected, and nothing said")
        #expect(stage.ends.isEmpty)
    }

    @Test("one that answers gets twice as many each time, and no more than wait")
    func doubles() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send(count: 200)
        var counts: [Int] = []
        while stage.ends.count < 200, counts.count < 10 {
            stage.settle()
            counts.append(stage.maker.wires.count)
            let before = stage.ends.count
            let busy = stage.maker.wires.filter { $0.read() != "" }
            for wire in busy { wire.say("H") }
            stage.settle()
            counts.append(stage.maker.wires.count)
            for wire in busy { wire.say("TTP/1.1 204 None\r\n\r\n") }
            stage.end(of: before + busy.count)
        }
        #expect(stage.outcomes.allSatisfy { $0 == .response(204) })
        #expect(counts.starts(with: [16, 32]), "\(counts)")
        #expect(counts.allSatisfy { $0 <= 128 } && counts.contains(64), "\(counts)")
    }

    @Test("so does one that ends each connection with its answer")
    func doublesWithoutKeeping() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send(count: 200)
        var counts: [Int] = []
        while stage.ends.count < 200, counts.count < 10 {
            stage.settle()
            let busy = stage.maker.wires.filter { $0.read() != "" }
            counts.append(busy.count)
            let before = stage.ends.count
            for wire in busy { wire.say("HTTP/1.1 204 None\r\nConnection: close\r\n\r\n") }
            stage.end(of: before + busy.count)
        }
        #expect(stage.outcomes.allSatisfy { $0 == .response(204) })
        #expect(counts.starts(with: [16, 16, 32, 64]), "\(counts)")
    }

    @Test("what happened lately is counted for ten seconds at least, and twenty at most")
    func lately() {
        var count = RecentCount()
        #expect(count.value(at: 5) == 0)
        for time in [100.0, 101, 109.9] { count.add(at: time) }
        #expect(count.value(at: 109.9) == 3)
        count.add(at: 111)
        #expect(count.value(at: 119.9) == 4)
        #expect(count.value(at: 125) == 1)
        #expect(count.value(at: 150) == 0)
    }

    @Test(
        "each worker has its share, and one at least",
        arguments: [(16, 4, 4), (16, 100, 1), (1, 1, 1), (3, 2, 1)])
    func shares(most: Int, workers: Int, share: Int) throws {
        let stage = try HTTP1Stage(workers: workers) { $0.maxConnecting = most }
        stage.send(count: 30)
        stage.settle()
        #expect(stage.maker.wires.count == share)
    }

    @Test("a setting that grows is followed at once")
    func grows() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 2 }
        stage.send(count: 30)
        stage.settle()
        #expect(stage.maker.wires.count == 2)
        stage.change { $0.maxConnecting = 5 }
        stage.settle()
        #expect(stage.maker.wires.count == 5 && stage.maker.settings.count == 1)
    }

    @Test("no more are begun than copies wait for")
    func asNeeded() throws {
        let stage = try HTTP1Stage()
        stage.send("GET", "/0", "/1")
        stage.settle()
        #expect(stage.maker.wires.count == 2)
        stage.send("GET", "/2")
        stage.settle()
        #expect(stage.maker.wires.count == 3)
    }

    @Test("a connection that becomes free takes the copy that has waited longest")
    func order() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 1 }
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1", "/2", "/3")
        stage.settle()
        // The mirror takes no other connection.
        stage.maker.isOpen = false
        for index in 0..<4 {
            stage.maker.wires[0].answer()
            stage.end(of: index + 1)
        }
        #expect(stage.targets == ["/0", "/1", "/2", "/3"])
        #expect(stage.maker.wires[0].sends == 4)
    }

    @Test("a connection that comes too late rests, and is used")
    func late() throws {
        let stage = try HTTP1Stage.withLateConnection()
        stage.send("GET", "/2")
        #expect(stage.maker.wires[1].sends == 1)
        stage.maker.wires[1].answer()
        stage.end(of: 2)
        #expect(stage.ends[1].connectionsOpened == 1 && stage.targets == ["/0", "/2"])
    }

    @Test(
        "a refused attempt takes the copy with it that has waited longest, and the next is tried for itself")
    func refused() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 1 }
        stage.send("GET", "/0", "/1")
        stage.maker.wires[0].refuse()
        #expect(stage.outcomes == [.failed(.connect)] && stage.ends[0].detail == "refused")
        stage.until { stage.maker.wires.count == 2 }
        stage.maker.wires[1].refuse(.tls, "no")
        #expect(stage.outcomes == [.failed(.connect), .failed(.tls)] && stage.targets == ["/0", "/1"])
        stage.settle()
        #expect(stage.maker.wires.count == 2)
    }

    @Test("a copy that came after an attempt does not fail with it")
    func refusedBefore() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 2 }
        stage.maker.isOpen = true
        stage.send("GET", "/0")
        stage.maker.isOpen = false
        stage.send("GET", "/1")
        stage.maker.wires[0].answer()
        stage.end(of: 1)
        stage.send("GET", "/2")
        #expect(stage.maker.wires.count == 2, "one is being made that nobody else waits for")
        stage.maker.wires[1].refuse()
        #expect(stage.ends.count == 1)
        stage.until { stage.maker.wires.count == 3 }
        stage.maker.wires[2].refuse()
        #expect(stage.targets == ["/0", "/2"])
    }

    @Test("without memory for a connection the copy fails, and the others wait")
    func noMemory() throws {
        let stage = try HTTP1Stage()
        stage.maker.isFull = true
        stage.send("GET", "/0", "/1")
        stage.end(of: 2)
        #expect(stage.outcomes == [.failed(.other), .failed(.other)])
    }

    @Test("a setting that shrinks closes what rests")
    func shrinks() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1", "/2", "/3")
        for wire in stage.maker.wires { wire.answer() }
        stage.end(of: 4)
        #expect(stage.maker.open.count == 4)
        stage.change { $0.maxInFlight = 1 }
        #expect(stage.maker.open.count == 1)
    }

    // MARK: another mirror

    @Test("what rests is closed when another mirror takes its place; what is under way goes on")
    func replaced() throws {
        let stage = try HTTP1Stage(ages: .init(restWhenReplaced: 0.05))
        stage.maker.isOpen = true
        let url = stage.settings.url
        stage.send("GET", "/0", "/1")
        let wires = stage.maker.wires
        wires[0].answer()
        stage.end(of: 1)
        try stage.change { $0.url = try MirrorURL("http://127.0.0.2/") }
        #expect(wires[0].isClosed && !wires[1].isClosed)
        stage.send("GET", "/2")
        #expect(stage.maker.wires.count == 3 && stage.maker.wires[2].url.host == "127.0.0.2")
        wires[1].answer()
        stage.end(of: 2)
        #expect(!wires[1].isClosed, "copies that were made before may need it")
        stage.start(stage.copy("GET", "/3", url: url))
        #expect(wires[1].sends == 2)
        wires[1].answer()
        stage.end(of: 3)
        stage.until { wires[1].isClosed }
        #expect(!stage.maker.wires[2].isClosed)
    }

    @Test("another path is the same mirror")
    func samePlace() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send("GET", "/0")
        stage.maker.wires[0].answer()
        stage.end(of: 1)
        try stage.change { $0.url = try MirrorURL("http://127.0.0.1:1/path") }
        stage.send("GET", "/1")
        #expect(stage.maker.wires.count == 1 && stage.maker.wires[0].sends == 2)
    }

    // MARK: names

    @Test("addresses of a name are asked for once, and given to each connection")
    func names() throws {
        let stage = try HTTP1Stage("http://mirror.test/")
        stage.send("GET", "/0", "/1")
        #expect(stage.maker.wires.isEmpty)
        stage.until { stage.maker.wires.count == 2 }
        #expect(stage.maker.wires.allSatisfy { $0.addresses == ["192.0.2.1"] })
    }

    @Test("a name without an address fails all that wait for it")
    func unknownName() throws {
        let stage = try HTTP1Stage("http://mirror.test/", lookUp: { _ in .failure("no such name") })
        stage.send("GET", "/0", "/1")
        stage.end(of: 2)
        #expect(stage.outcomes == [.failed(.dns), .failed(.dns)])
        #expect(stage.ends.allSatisfy { $0.detail == "no such name" && $0.connectionsOpened == 0 })
    }
}
