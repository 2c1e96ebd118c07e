import Glibc
import Testing

@testable import Agent

@Suite("HTTP/1: copies over connections of our own")
struct HTTP1TransportTests {
    @Test("copies follow each other on one connection, with one write and one read each")
    func kept() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        for index in 0..<50 {
            stage.send("GET", "/\(index)")
            let wire = try #require(stage.maker.wires.first)
            #expect(wire.read() == "GET /\(index) HTTP/1.1\r\nhost: h\r\n\r\n")
            wire.say(FakeWire.answer(2))
            stage.end(of: index + 1)
        }
        let wire = stage.maker.wires[0]
        #expect(stage.maker.wires.count == 1 && wire.sends == 50 && wire.receives == 50)
        #expect(stage.outcomes.allSatisfy { $0 == .response(200) })
        #expect(stage.ends.map(\.connectionsOpened) == [1] + Array(repeating: 0, count: 49))
        let end = stage.ends[1]
        #expect(end.bytesSent == 28 && end.httpVersion == "HTTP/1.1" && end.detail == nil)
        #expect(end.bytesReceived == FakeWire.answer(2).utf8.count)
        #expect(!end.wasResent && !end.wasAmbiguous)
    }

    @Test("the connection that was used last is used first")
    func mostRecent() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1")
        let wires = stage.maker.wires
        for index in [1, 0] {
            wires[index].answer()
            stage.end(of: 2 - index)
        }
        stage.send("GET", "/2")
        #expect(wires[0].read() != "" && wires[1].read() == "")
    }

    @Test("a request that is longer than the socket takes is written as it has room")
    func longBodies() throws {
        let stage = try HTTP1Stage { $0.resend = .never }
        stage.maker.isOpen = true
        let body = String(repeating: "b", count: 3_000_000)
        stage.start(stage.copy("POST", "/", body: body))
        stage.transport.kick()
        let wire = stage.maker.wires[0]
        var read = ""
        stage.until {
            read += wire.read(); return read.utf8.count >= body.utf8.count + 28
        }
        #expect(read == "POST / HTTP/1.1\r\nhost: h\r\n\r\n" + body)
        wire.say(FakeWire.answer())
        stage.end(of: 1)
        #expect(stage.ends[0].bytesSent == read.utf8.count)
        stage.send("GET", "/next")
        #expect(stage.maker.wires.count == 1, "all of it was written")
    }

    @Test("an answer ahead of the end of its request counts, and ends the connection")
    func earlyAnswers() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.start(stage.copy("POST", "/", body: String(repeating: "b", count: 3_000_000)))
        stage.transport.kick()
        stage.maker.wires[0].say(FakeWire.answer(status: 413))
        stage.end(of: 1)
        #expect(stage.outcomes == [.response(413)] && stage.maker.wires[0].isClosed)
        #expect(stage.ends[0].bytesSent < 3_000_000 && !stage.ends[0].wasAmbiguous)
    }

    @Test("an answer that came counts when the rest of its request cannot be written")
    func answerThenEnd() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.start(stage.copy("POST", "/", body: String(repeating: "b", count: 3_000_000)))
        stage.transport.kick()
        let wire = stage.maker.wires[0]
        _ = wire.read()
        wire.say(FakeWire.answer(status: 413))
        wire.hangUp()
        stage.end(of: 1)
        #expect(stage.outcomes == [.response(413)])
    }

    /// What an answer makes of its connection.
    @Test(
        "only a connection that is beyond doubt is kept",
        arguments: [
            ("GET", FakeWire.answer(3), true, false),
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true, false),
            ("GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false, false),
            ("GET", FakeWire.answer(3) + FakeWire.answer(), false, true),
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld", false, true),
            ("GET", "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\nworld", false, true),
            ("GET", "HTTP/1.1 101 Switching Protocols\r\n\r\n", false, true),
            ("connect", "HTTP/1.1 200 Connection established\r\n\r\n", false, false),
            ("connect", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld", false, false),
            ("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", true, false),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\nx", false, false),
        ])
    func fates(method: String, answer: String, isKept: Bool, isAmbiguous: Bool) throws {
        for url in ["http://h/", "https://h/"] {
            let stage = try HTTP1Stage(url)
            stage.maker.isOpen = true
            stage.send(method, "/")
            stage.until { !stage.maker.wires.isEmpty }
            stage.maker.wires[0].say(answer)
            stage.end(of: 1)
            #expect(stage.maker.wires[0].isClosed == !isKept, "\(answer)")
            #expect(stage.ends[0].wasAmbiguous == isAmbiguous)
            guard case .response = stage.outcomes[0] else { Issue.record("\(stage.outcomes)"); return }
            stage.send("GET", "/next")
            #expect(stage.maker.wires.count == (isKept ? 1 : 2))
            #expect(stage.unasked == 0)
        }
    }

    @Test("credentials that speak for a connection are the last of it")
    func authenticating() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.start(stage.copy(authenticates: true))
        stage.transport.kick()
        stage.maker.wires[0].answer()
        stage.end(of: 1)
        #expect(stage.maker.wires[0].isClosed && stage.outcomes == [.response(200)])
    }

    @Test("bytes that fill the buffer to its last are not all there is")
    func fullBuffer() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send("GET", "/")
        let head = "HTTP/1.1 200 OK\r\nContent-Length: "
        let size = (64 << 10) - head.utf8.count - 9
        let whole = "\(head)\(size)\r\n\r\n\(String(repeating: "x", count: size))"
        #expect(whole.utf8.count == 64 << 10)
        stage.maker.wires[0].say(whole + FakeWire.answer())
        stage.end(of: 1)
        #expect(stage.maker.wires[0].isClosed && stage.ends[0].wasAmbiguous)
    }

    @Test("no more of an answer is read than may be, and it counts", arguments: [0, 10, 100_000])
    func longAnswers(most: Int) throws {
        let stage = try HTTP1Stage { $0.maxResponse = most }
        stage.maker.isOpen = true
        stage.send("GET", "/")
        let wire = stage.maker.wires[0]
        wire.say("HTTP/1.1 200 OK\r\n\r\n")
        stage.until {
            wire.say(String(repeating: "x", count: 50_000)); return !stage.ends.isEmpty
        }
        #expect(stage.outcomes == [.response(200)] && wire.isClosed)
        #expect(stage.ends[0].bytesReceived == 19 + most)
    }

    @Test("what an answer may fail by is said as it always was")
    func failures() throws {
        for (said, ends, outcome, text) in [
            ("", true, .failed(.reset), "Empty reply from server"),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", true, .failed(.reset),
                "the connection ended inside the answer"
            ),
            ("SSH-2.0-x\r\n", false, .failed(.other), "Received HTTP/0.9 when not allowed"),
            ("HTTP/1.1 200 OK\r\n\r\nab", true, .response(200), nil),
        ] as [(String, Bool, Outcome, String?)] {
            let stage = try HTTP1Stage()
            stage.maker.isOpen = true
            stage.send("GET", "/")
            let wire = stage.maker.wires[0]
            _ = wire.read()
            wire.say(said)
            if ends { wire.hangUp() }
            stage.end(of: 1)
            #expect(stage.outcomes == [outcome] && stage.ends[0].detail == text && wire.isClosed)
            #expect(stage.resent == 0 && stage.maker.wires.count == 1)
        }
    }

    @Test("over TLS all that waits is read, and one call at most takes a while", arguments: [5, 5000])
    func records(size: Int) throws {
        let stage = try HTTP1Stage("https://127.0.0.1/")
        stage.maker.isOpen = true
        stage.send("GET", "/")
        let wire = stage.maker.wires[0]
        // Records of 100 bytes, of which no event tells but of the first.
        wire.say(FakeWire.answer(size))
        stage.end(of: 1)
        #expect(stage.outcomes == [.response(200)] && !wire.isClosed)
        #expect(wire.receives >= size / 100)
    }

    @Test("mirrors that stream take turns, however long a read takes")
    func fairness() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send(count: 8)
        stage.until { stage.maker.wires.count == 8 }
        var order: [Int] = []
        for (index, wire) in stage.maker.wires.enumerated() {
            wire.received = { [unowned wire] in
                order.append(index)
                usleep(200)
                wire.say("x")
            }
            wire.say("HTTP/1.1 200 OK\r\n\r\n")
        }
        var most = 0
        stage.until {
            // One pass serves some of them.
            defer { order.removeAll() }
            most = max(most, Set(order).count)
            return stage.maker.wires.allSatisfy { $0.receives >= 20 }
        }
        let counts = stage.maker.wires.map(\.receives)
        #expect(most < 8 && 3 * (counts.min() ?? 0) >= (counts.max() ?? 0), "\(counts)")
    }

    @Test("a call that lasts too long is told of, and not from inside of it")
    func cutOff() throws {
        let stage = try HTTP1Stage("https://127.0.0.1/")
        stage.maker.isOpen = true
        stage.send("GET", "/0", "/1")
        var wereUnderWay = 0
        stage.wasCutOff = { [unowned stage] in
            wereUnderWay = stage.underWay.count
            for transfer in stage.underWay {
                stage.transport.giveUp(transfer, as: .reset, because: "cut off")
            }
        }
        stage.maker.wires[0].receiveResult = .cutOff
        stage.maker.wires[0].say("x")
        stage.until { !stage.cutOffs.isEmpty }
        #expect(stage.cutOffs == [MultiHandle.cutOffReason] && wereUnderWay == 2)
        #expect(stage.outcomes == [.failed(.reset), .failed(.reset)])
        #expect(stage.maker.open.isEmpty)
    }

    @Test("a transfer ends in the middle, wherever it is")
    func giveUp() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 2 }
        let transfers = stage.send("GET", "/0", "/1", "/2")
        #expect(stage.maker.wires.count == 2)
        stage.maker.wires[0].connect()
        stage.transport.giveUp(transfers[0], as: .other, because: "a")
        stage.transport.giveUp(transfers[1], as: .timeout, because: "b")
        stage.transport.giveUp(transfers[2], as: .timeout, because: "c")
        #expect(stage.outcomes == [.failed(.other), .failed(.timeout), .failed(.timeout)])
        #expect(stage.ends.map(\.detail) == ["a", "b", "c"])
        #expect(stage.maker.open.isEmpty, "nobody waits for any")
        // Once more, and they are told of nothing.
        for transfer in transfers {
            stage.transport.giveUp(transfer, as: .other, because: "d")
            #expect(stage.takeBack(transfer) == nil)
        }
        #expect(stage.ends.count == 3)
        stage.settle()
        stage.send("GET", "/3")
        #expect(stage.maker.open.count == 1)
    }

    @Test("one that is given up has timed out where it was", arguments: [false, true])
    func giveUpPhase(isConnected: Bool) throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 1 }
        let transfers = stage.send("GET", "/0", "/1")
        if isConnected { stage.maker.wires[0].connect() }
        for transfer in transfers { stage.transport.giveUp(transfer, as: .timeout, because: "a") }
        #expect(stage.outcomes == Array(repeating: .failed(isConnected ? .timeout : .connect), count: 2))
    }

    @Test("a transfer is taken back, wherever it is, and nobody is told")
    func takeBack() throws {
        let stage = try HTTP1Stage { $0.maxConnecting = 2 }
        let transfers = stage.send("GET", "/0", "/1", "/2")
        stage.maker.wires[0].connect()
        for (index, transfer) in transfers.enumerated() {
            let copy = try #require(stage.takeBack(transfer))
            #expect(copy.target == Array("/\(index)".utf8) && stage.takeBack(transfer) == nil)
        }
        stage.settle()
        #expect(stage.ends.isEmpty && stage.maker.open.isEmpty)
    }

    @Test("nothing is left of a transport, whatever was under way")
    func end() throws {
        weak var transport: HTTP1Transport?
        weak var maker: FakeMaker?
        do {
            let stage = try HTTP1Stage("http://mirror.test/") { $0.maxConnecting = 3 }
            (transport, maker) = (stage.transport, stage.maker)
            stage.send("GET", "/0", "/1", "/2", "/3")
            stage.until { stage.maker.wires.count == 3 }
            for wire in stage.maker.wires.prefix(2) { wire.connect() }
            stage.maker.wires[0].answer()
            stage.end(of: 1)
            stage.maker.wires[1].hangUp()
        }
        #expect(transport == nil && maker == nil)
    }

    @Test("an owner may take a transfer back when it ends, and start another")
    func reentrance() throws {
        let stage = try HTTP1Stage()
        stage.maker.isOpen = true
        stage.send("GET", "/0")
        stage.ended = { [unowned stage] in
            #expect(stage.takeBack($0) != nil)
            if stage.ends.count < 4 { stage.start(stage.copy("GET", "/\(stage.ends.count)")) }
        }
        for count in 1...4 {
            stage.maker.wires[0].answer()
            stage.end(of: count)
        }
        #expect(stage.maker.wires.count == 1 && stage.outcomes.allSatisfy { $0 == .response(200) })
        stage.ended = { _ in }
    }
}
