import Glibc
import System
import Testing

@testable import Agent

@Suite("HTTP/1: which copy gets which connection")
struct ConnectionSharingTests {
    /// A mirror over TLS whose answer takes many reads, of 100 bytes each.
    private static func slowReader(_ size: Int) throws -> (HTTP1Stage, FakeWire) {
        let stage = try HTTP1Stage("https://127.0.0.1/") { $0.maxResponse = 1 << 30 }
        stage.maker.isOpen = true
        stage.send("GET", "/first")
        let wire = try #require(stage.maker.wires.first)
        wire.say(FakeWire.answer(size))
        return (stage, wire)
    }

    @Test("one that was left for later and rests by then carries one copy at a time")
    func leftForLater() throws {
        for reads in 15...80 {
            let (stage, wire) = try Self.slowReader(100 * reads)
            stage.end(of: 1)
            stage.settle()
            stage.send("GET", "/1", "/2")
            #expect(wire.sends == 2 && stage.maker.wires.count == 2, "\(reads)")
            for wire in stage.maker.wires { wire.answer() }
            stage.end(of: 3)
        }
    }

    @Test("one of which more waits than is read at once is looked at twice in a pass at most")
    func streams() throws {
        let (stage, wire) = try Self.slowReader(0)
        stage.end(of: 1)
        stage.send("GET", "/next")
        wire.say("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        var most = 0
        for _ in 0..<100 {
            wire.say(String(repeating: "x", count: 10_000))
            let before = wire.receives
            stage.pass()
            most = max(most, wire.receives - before)
        }
        #expect(most <= 2 * 16)
    }

    @Test("one that was left for later has its turn beside mirrors that stream")
    func leftBesideOthers() throws {
        let stage = try HTTP1Stage("https://127.0.0.1/")
        stage.maker.isOpen = true
        stage.send(count: 5)
        stage.until { stage.maker.wires.count == 5 }
        for wire in stage.maker.wires.dropFirst() {
            wire.received = { [unowned wire] in
                usleep(200)
                wire.say("x")
            }
            wire.say("HTTP/1.1 200 OK\r\n\r\n")
        }
        // Sixteen reads take all of it, and nothing tells that no more comes.
        let head = FakeWire.answer(1000).utf8.count - 1000
        stage.maker.wires[0].say(FakeWire.answer(1600 - head))
        stage.end(of: 1)
        #expect(stage.outcomes == [.response(200)] && stage.targets == ["/0"])
        for wire in stage.maker.wires { wire.received = {} }
    }

    @Test("one that is being made for a copy that is sent again costs no other its place")
    func madeAlready() throws {
        let stage = try HTTP1Stage { $0.maxInFlight = 2 }
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1")
        let wires = stage.maker.wires
        for wire in wires { wire.answer() }
        stage.end(of: 2)
        stage.maker.isOpen = false
        stage.send("GET", "/2", "/3")
        _ = wires[0].read()
        wires[0].hangUp()
        stage.until { stage.maker.wires.count == 3 }
        wires[1].answer()
        stage.end(of: 3)
        #expect(!wires[1].isClosed)
    }

    @Test("those that rest and have brought nothing give way to one for a copy that is sent again")
    func nothingSaid() throws {
        let stage = try HTTP1Stage.withLateConnection()
        _ = stage.maker.wires[0].read()
        stage.maker.wires[0].hangUp()
        stage.maker.isOpen = true
        stage.until { stage.maker.wires.count == 3 }
        let fresh = try #require(stage.maker.wires.last)
        fresh.answer()
        stage.end(of: 2)
        #expect(stage.ends[1].wasResent && stage.maker.wires[1].isClosed)
    }

    @Test("of those that are sent again, each ends at its own time")
    func ownTime() throws {
        let stage = try HTTP1Stage { $0.timeout = .milliseconds(300) }
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1")
        for wire in stage.maker.wires { wire.answer() }
        stage.end(of: 2)
        stage.maker.isOpen = false
        stage.send("GET", "/old")
        let old = try #require(stage.maker.wires.first { $0.sends == 2 })
        let start = MonotonicClock.now
        stage.until { MonotonicClock.now - start > 0.15 }
        stage.send("GET", "/new")
        let new = try #require(stage.maker.wires.first { $0.sends == 2 && $0 !== old })
        for wire in [new, old] {
            _ = wire.read()
            wire.hangUp()
            stage.until { wire.isClosed }
        }
        stage.until { stage.ends.count >= 3 }
        #expect(stage.targets.dropFirst(2).first == "/old")
    }
}
