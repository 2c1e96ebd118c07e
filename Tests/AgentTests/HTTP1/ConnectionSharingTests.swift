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

    @Test("one that was left for later and rests by then carries one copy at a time", arguments: 15...80)
    func leftForLater(reads: Int) throws {
        let (stage, wire) = try Self.slowReader(100 * reads)
        stage.end(of: 1)
        stage.settle()
        stage.send("GET", "/1", "/2")
        #expect(wire.sends == 2 && stage.maker.wires.count == 2)
        for wire in stage.maker.wires { wire.answer() }
        stage.end(of: 3)
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
}
