import Glibc
import System
import Testing

@testable import Agent

@Suite("HTTP/1: kept connections that end")
struct KeptConnectionTests {
    /// A stage with a connection that has answered once, and rests.
    private static func stage(
        _ url: String = "http://127.0.0.1:1/", ages: HTTP1Rules.Ages = .init(),
        change: (inout DestinationSettings) -> Void = { _ in }
    ) throws -> (HTTP1Stage, FakeWire) {
        let stage = try HTTP1Stage(url, ages: ages, change: change)
        stage.maker.isOpen = true
        stage.send("GET", "/first")
        let wire = try #require(stage.maker.wires.first)
        wire.answer()
        stage.end(of: 1)
        return (stage, wire)
    }

    @Test("the end of one that rests is seen at once, and costs no copy anything")
    func ends() throws {
        let (stage, wire) = try Self.stage()
        wire.hangUp()
        stage.until { wire.isClosed }
        stage.send("POST", "/next")
        stage.maker.wires[1].answer()
        stage.end(of: 2)
        #expect(stage.ends[1].connectionsOpened == 1 && stage.resent == 0 && stage.unasked == 0)
    }

    @Test("what a mirror says unasked is read for no copy", arguments: [(false, 1), (true, 0)])
    func unasked(says: (goodbye: Bool, told: Int)) throws {
        let (stage, wire) = try Self.stage()
        wire.say(FakeWire.answer(3))
        if says.goodbye { wire.hangUp() }
        stage.until { wire.isClosed }
        #expect(stage.unasked == says.told)
        stage.send("GET", "/next")
        #expect(stage.maker.wires.count == 2 && stage.ends.count == 1)
    }

    @Test("a connection on which the mirror spoke first has one copy", arguments: [false, true])
    func spokeFirst(closes: Bool) throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 1 }
        stage.send("GET", "/0", "/1")
        let wire = stage.maker.wires[0]
        wire.hasSpoken = true
        wire.connect()
        wire.say("HTTP/1.1 503 Busy\r\n\(closes ? "Connection: close\r\n" : "")Content-Length: 0\r\n\r\n")
        stage.end(of: 1)
        #expect(stage.outcomes == [.response(503)] && wire.isClosed && wire.sends == 1)
        #expect(stage.ends[0].wasAmbiguous == !closes)
        stage.until { stage.maker.wires.count == 2 }
        stage.maker.wires[1].connect()
        stage.maker.wires[1].answer()
        stage.end(of: 2)
        #expect(!stage.maker.wires[1].isClosed)
    }

    @Test("a mirror that ends its connections and does not say so loses few copies")
    func endsSilently() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 1 }
        stage.maker.isOpen = true
        stage.send("POST", "/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9", "/10", "/11")
        var answered: Set<ObjectIdentifier> = []
        while stage.ends.count < 12 {
            stage.settle()
            // The next copy may be on its way when the mirror hangs up.
            for wire in stage.maker.wires where !wire.isClosed && wire.sends > 0 {
                if answered.insert(ObjectIdentifier(wire)).inserted { wire.answer() } else { wire.hangUp() }
            }
        }
        let lost = stage.outcomes.count { $0 == .failed(.reset) }
        // Two connections may be there at once by then.
        #expect((4...5).contains(lost))
        #expect(stage.outcomes.count { $0 == .response(200) } == 12 - lost)
    }

    @Test("connections are used again after a while, and at once when that goes well")
    func trust() {
        var trust = ReuseTrust()
        for _ in 0..<3 { trust.wasLost(at: 10) }
        #expect(trust.allows(at: 10))
        trust.wasLost(at: 10)
        #expect(!trust.allows(at: 10.9) && trust.allows(at: 11))
        for _ in 0..<4 { trust.wasLost(at: 11) }
        #expect(!trust.allows(at: 12.9) && trust.allows(at: 13))
        for _ in 0..<7 {
            trust.wasLost(at: 13)
            trust.wasAnswered()
        }
        #expect(trust.allows(at: 13), "one of two")
        for _ in 0..<4 { trust.wasLost(at: 13) }
        #expect(!trust.allows(at: 13.9) && trust.allows(at: 14), "it begins again")
    }

    @Test("over TLS that may be a goodbye: nothing is said of it")
    func unaskedOverTLS() throws {
        let (stage, wire) = try Self.stage("https://127.0.0.1/")
        wire.say("x")
        stage.until { wire.isClosed }
        #expect(stage.unasked == 0)
    }

    @Test("what is no byte to us leaves a connection as it is")
    func nothing() throws {
        let (stage, wire) = try Self.stage("https://127.0.0.1/")
        wire.receiveResult = .again
        wire.say(FakeWire.answer())
        // As a ticket would: an event, and nothing behind it.
        let before = wire.receives
        stage.until { wire.receives > before }
        #expect(stage.maker.wires.count == 1)
        stage.until { wire.isClosed }
    }

    @Test("one that has something to say is given to no copy, also when there is no time to look")
    func noTime() throws {
        let (stage, wire) = try Self.stage()
        wire.say(FakeWire.answer(3))
        // Uses the pass up before the mirrors' sockets have their turn.
        var pipe: [Int32] = [0, 0]
        #expect(Glibc.pipe(&pipe) == 0)
        defer { for end in pipe { close(end) } }
        _ = write(pipe[1], "x", 1)
        var isUsedUp = false
        let watcher = IOWatcher(loop: stage.loop, priority: .haproxy) { _ in
            guard stage.budget.allowsSocket() else { return }
            usleep(2000)
            isUsedUp = !stage.budget.allowsSocket()
        }
        watcher.watch(pipe[0], for: .read)
        stage.until { isUsedUp }
        watcher.stop()
        #expect(!wire.isClosed)
        stage.send("GET", "/next")
        #expect(stage.maker.wires.count == 2 && wire.sends == 1)
        stage.until { wire.isClosed }
        #expect(stage.unasked == 1 && stage.ends.count == 1)
    }

    @Test(
        "a copy whose kept connection ends is sent once more, if it may arrive twice",
        arguments: [
            ("GET", Resend.idempotent, true), ("POST", .idempotent, false), ("POST", .all, true),
            ("GET", .never, false),
        ])
    func sentAgain(method: String, resend: Resend, isResent: Bool) throws {
        for isReset in [false, true] {
            let (stage, wire) = try Self.stage { $0.resend = resend }
            stage.send(method, "/next")
            if !isReset { #expect(wire.read() != "") }
            wire.hangUp()
            guard isResent else {
                stage.end(of: 2)
                #expect(stage.outcomes[1] == .failed(.reset) && stage.resent == 0)
                #expect(stage.ends[1].detail == "The connection ended without an answer; not sent again")
                #expect(stage.maker.wires.count == 1)
                continue
            }
            stage.until { stage.maker.wires.count == 2 }
            #expect(stage.resent == 1 && wire.isClosed)
            #expect(stage.maker.wires[1].read().hasPrefix("\(method) /next HTTP/1.1\r\n"))
            stage.maker.wires[1].say(FakeWire.answer())
            stage.end(of: 2)
            #expect(stage.outcomes[1] == .response(200) && stage.ends[1].wasResent)
            #expect(stage.ends[1].bytesSent == 2 * "\(method) /next HTTP/1.1\r\nhost: h\r\n\r\n".utf8.count)
            #expect(stage.ends[1].connectionsOpened == 1)
        }
    }

    @Test("never a third time")
    func notThrice() throws {
        let (stage, wire) = try Self.stage()
        stage.send("GET", "/next")
        _ = wire.read()
        wire.hangUp()
        stage.until { stage.maker.wires.count == 2 }
        _ = stage.maker.wires[1].read()
        stage.maker.wires[1].hangUp()
        stage.end(of: 2)
        #expect(stage.outcomes[1] == .failed(.reset) && stage.ends[1].wasResent)
        #expect(stage.ends[1].detail == "Empty reply from server")
        stage.settle()
        #expect(stage.resent == 1 && stage.maker.wires.count == 2)
    }

    @Test("only on a fresh connection, while others rest")
    func freshOnly() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1")
        for wire in stage.maker.wires { wire.answer() }
        stage.end(of: 2)
        stage.send("GET", "/next")
        let used = try #require(stage.maker.wires.first { $0.sends == 2 })
        _ = used.read()
        used.hangUp()
        stage.until { stage.maker.wires.count == 3 }
        #expect(stage.maker.wires[2].sends == 1)
        stage.maker.wires[2].answer()
        stage.end(of: 3)
    }

    @Test("a copy of which nothing was sent cannot arrive twice, whatever its method")
    func unwritten() throws {
        let (stage, wire) = try Self.stage { $0.resend = .never }
        wire.sendResult = .failed(.reset, "Send failure: Broken pipe")
        stage.start(stage.copy("POST", "/next"))
        wire.hangUp()
        stage.transport.kick()
        stage.until { stage.maker.wires.count == 2 && stage.maker.wires[1].sends == 1 }
        stage.maker.wires[1].answer()
        stage.end(of: 2)
        #expect(stage.outcomes[1] == .response(200) && stage.resent == 0 && !stage.ends[1].wasResent)
    }

    @Test("a write that fails, with nothing to read, ends the connection")
    func cannotWrite() throws {
        let (stage, wire) = try Self.stage()
        wire.sendResult = .failed(.reset, "Send failure: No buffer space available")
        stage.send("GET", "/next")
        #expect(wire.isClosed)
        stage.until { stage.maker.wires.count == 2 && stage.maker.wires[1].sends == 1 }
        stage.maker.wires[1].answer()
        stage.end(of: 2)
        let (other, fresh) = (try HTTP1Stage(), 0)
        other.send("GET", "/")
        other.maker.wires[fresh].sendResult = .failed(.reset, "Send failure: No buffer space available")
        other.maker.wires[fresh].connect()
        other.end(of: 1)
        #expect(other.outcomes == [.failed(.reset)])
        #expect(other.ends[0].detail == "Send failure: No buffer space available")
    }

    @Test("over TLS nobody knows what was sent")
    func overTLS() throws {
        let (stage, wire) = try Self.stage("https://127.0.0.1/") { $0.resend = .never }
        wire.sendResult = .failed(.reset, "Send failure: Broken pipe")
        stage.send("GET", "/next")
        wire.hangUp()
        stage.end(of: 2)
        #expect(stage.outcomes[1] == .failed(.reset))
        #expect(stage.ends[1].detail == "The connection ended without an answer; not sent again")
    }

    @Test("nothing is sent again once a byte of an answer has come")
    func hasBegun() throws {
        let (stage, wire) = try Self.stage { $0.resend = .all }
        stage.send("GET", "/next")
        _ = wire.read()
        wire.say("H")
        wire.hangUp()
        stage.end(of: 2)
        #expect(stage.outcomes[1] == .failed(.reset) && stage.resent == 0)
        #expect(stage.maker.wires.count == 1)
    }

    @Test("a mirror that restarts gets all of them once more, as it takes them")
    func many() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 4 }
        stage.maker.isOpen = true
        stage.send(count: 20)
        stage.until {
            for wire in stage.maker.open { wire.answer() }
            return stage.ends.count == 20
        }
        let (kept, made) = (stage.maker.open, stage.maker.wires.count)
        #expect(kept.count > 4)
        stage.send(count: kept.count)
        for wire in kept {
            _ = wire.read()
            wire.hangUp()
        }
        stage.settle()
        #expect(stage.maker.wires.count == made + 4)
        stage.until {
            for wire in stage.maker.open { wire.answer() }
            return stage.ends.count == 20 + kept.count
        }
        #expect(stage.outcomes.allSatisfy { $0 == .response(200) })
        #expect(stage.resent == kept.count && stage.maker.wires.count == made + kept.count)
    }

    // MARK: ages

    @Test("one that has rested for long is closed, and so is one that is old")
    func ages() throws {
        for ages in [HTTP1Rules.Ages(rest: 0.03), .init(life: 0.03)] {
            let (stage, wire) = try Self.stage(ages: ages)
            stage.until { wire.isClosed }
            #expect(stage.unasked == 0 && stage.ends.count == 1)
        }
    }

    @Test("an old one ends with the answer that is under way")
    func oldWhileBusy() throws {
        let stage = try HTTP1Stage(ages: .init(life: 0))
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1")
        for wire in stage.maker.wires { wire.answer() }
        stage.end(of: 2)
        #expect(stage.maker.open.isEmpty && stage.outcomes.allSatisfy { $0 == .response(200) })
    }
}
