import Synchronization
import System
import Testing

@testable import Agent

@Suite("HTTP/1: copies that take too long")
struct HTTP1TimeTests {
    @Test("a copy whose answer does not end has timed out, and its connection ends")
    func answer() throws {
        let stage = try HTTP1Stage { $0.timeout = .milliseconds(40) }
        stage.maker.isOpen = true
        stage.send("GET", "/0")
        stage.maker.wires[0].say("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nabc")
        stage.end(of: 1)
        #expect(stage.outcomes == [.failed(.timeout)] && stage.maker.wires[0].isClosed)
        let text = try #require(stage.ends[0].detail)
        #expect(text.hasPrefix("Operation timed out after "))
        #expect(text.hasSuffix(" milliseconds with 3 out of 7 bytes received"))
    }

    @Test("a copy on a kept connection has its own time")
    func kept() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send("GET", "/0")
        stage.maker.wires[0].answer()
        stage.end(of: 1)
        stage.change { $0.timeout = .milliseconds(40) }
        stage.send("GET", "/1")
        stage.end(of: 2)
        #expect(stage.outcomes[1] == .failed(.timeout))
        #expect(stage.ends[1].detail?.hasSuffix(" milliseconds with 0 bytes received") == true)
    }

    @Test("a mirror that is not connected in time", arguments: [(40, 10_000), (10_000, 40)])
    func connection(connect: Int, all: Int) throws {
        let stage = try HTTP1Stage {
            ($0.connectTimeout, $0.timeout) = (.milliseconds(connect), .milliseconds(all))
            $0.maxConnecting = 1
        }
        stage.send("GET", "/0", "/1", "/2")
        stage.end(of: 3)
        #expect(stage.outcomes.allSatisfy { $0 == .failed(.connect) }, "those without an attempt as well")
        #expect(stage.ends.allSatisfy { $0.detail?.hasPrefix("Connection timed out after ") == true })
        #expect(stage.maker.open.isEmpty, "nobody waits for it")
    }

    @Test("a name that is not resolved in time")
    func name() throws {
        let gate = Atomic(false)
        let stage = try HTTP1Stage(
            "http://mirror.test/", change: { $0.connectTimeout = .milliseconds(40) },
            lookUp: { _ in
                while !gate.load(ordering: .acquiring) {}
                return .addresses(["192.0.2.1"])
            })
        defer { gate.store(true, ordering: .releasing) }
        stage.send("GET", "/0", "/1")
        stage.end(of: 2)
        #expect(stage.outcomes == [.failed(.dns), .failed(.dns)])
        #expect(stage.ends.allSatisfy { $0.detail?.hasPrefix("Resolving timed out after ") == true })
        #expect(stage.maker.wires.isEmpty)
    }

    @Test("on a mirror that is connected and hangs, copies wait for their turn for as long as they may take")
    func turn() throws {
        let stage = try HTTP1Stage {
            ($0.connectTimeout, $0.timeout) = (.milliseconds(20), .milliseconds(80))
            $0.maxConnecting = 1
        }
        stage.maker.isOpen = true
        let start = MonotonicClock.now
        stage.send("GET", "/0", "/1", "/2")
        stage.maker.isOpen = false
        stage.end(of: 3)
        #expect(MonotonicClock.now - start >= 0.08)
        #expect(stage.outcomes.allSatisfy { $0 == .failed(.timeout) }, "whichever ends first")
        #expect(stage.ends.contains { $0.detail?.hasSuffix("no connection was free for it") == true })
    }

    @Test("a copy that was sent again has connect-timeout once more")
    func returned() throws {
        let stage = try HTTP1Stage { $0.connectTimeout = .milliseconds(60) }
        stage.maker.isOpen = true
        stage.send("GET", "/0")
        stage.maker.wires[0].answer()
        stage.end(of: 1)
        stage.maker.isOpen = false
        stage.send("GET", "/1")
        let start = MonotonicClock.now
        stage.until { MonotonicClock.now - start > 0.08 }
        _ = stage.maker.wires[0].read()
        stage.maker.wires[0].hangUp()
        stage.until { stage.maker.wires.count == 2 }
        #expect(stage.ends.count == 1)
        stage.end(of: 2)
        #expect(MonotonicClock.now - start >= 0.135)
        #expect(stage.outcomes[1] == .failed(.connect) && !stage.ends[1].wasResent && stage.resent == 0)
    }
}
