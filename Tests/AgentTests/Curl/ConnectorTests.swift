import System
import Testing

@testable import Agent

@Suite("Connections that libcurl makes for us")
struct ConnectorTests {
    private static func name(_ listener: LoopbackListener) -> String {
        "http://mirror.example.test:\(listener.port)/"
    }

    // MARK: bytes

    @Test("are written and read, and end when the mirror ends them")
    func bytes() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let connection = try stage.connect(listener.url)
        #expect(!connection.isEncrypted)
        let peer = try listener.accept()
        try stage.send(Array("GET / HTTP/1.1\r\n\r\n".utf8), on: connection)
        #expect(peer.receive() == Array("GET / HTTP/1.1\r\n\r\n".utf8))
        if case .again = stage.receive(on: connection, 10) {} else { Issue.record("nothing has come") }
        peer.send("HTTP/1.1 200 OK\r\n\r\n")
        #expect(try stage.receive(19, on: connection) == Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        peer.endSending()
        #expect(try stage.end(of: connection) == "ended")
        connection.close()
        #expect(!connection.isConnected && connection.socket < 0)
        #expect(peer.receive() == nil)
    }

    @Test("a byte that comes before it is asked for is not lost")
    func early() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let connection = try stage.begin(listener.url)
        stage.connector.kick()
        // The kernel has connected, libcurl does not know yet.
        let peer = try listener.accept()
        peer.send("early")
        try stage.run { !stage.connected.isEmpty }
        #expect(try stage.receive(5, on: connection) == Array("early".utf8))
    }

    @Test("more than there is room for arrives whole")
    func much() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let connection = try stage.connect(listener.url)
        let peer = try listener.accept()
        let bytes = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var arrived: [UInt8] = []
        try stage.send(bytes, on: connection) { arrived += peer.receive() ?? [] }
        while arrived.count < bytes.count { arrived += try #require(peer.receive()) }
        #expect(arrived == bytes)
    }

    @Test("a reset is told in the words of libcurl")
    func reset() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let connection = try stage.connect(listener.url)
        do { try listener.accept().resetWhenClosed() }
        #expect(try stage.end(of: connection).contains("Recv failure: Connection reset by peer"))
        guard case .failed(.reset, "Send failure: Broken pipe") = [UInt8(1)].withUnsafeBytes(connection.send)
        else {
            Issue.record("a broken pipe")
            return
        }
    }

    // MARK: failures

    @Test("a port where nobody listens, and then one where somebody does")
    func refused() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let nobody = try LoopbackListener("127.0.0.2").port
        let failure = try stage.fail("http://127.0.0.2:\(nobody)/")
        #expect(failure == (.connect, "Connection refused"))
        _ = try stage.connect(listener.url)
        #expect(try stage.fail("http://127.0.0.2:\(nobody)/") == (.connect, "Connection refused"))
    }

    @Test("link-local addresses are not connected to, by whatever name")
    func linkLocal() throws {
        let stage = try ConnectorStage()
        let text = "a link-local address is not connected to (--allow-link-local)"
        #expect(try stage.fail("http://169.254.169.254/") == (.connect, text))
        #expect(try stage.fail("http://mirror.example.test/", ["169.254.1.1"]) == (.connect, text))
        #expect(try stage.fail("http://mirror.example.test/", ["fe80::1%lo"]) == (.connect, text))
        #expect(try stage.fail("http://[::ffff:169.254.169.254]/") == (.connect, text))
    }

    @Test("an address that says nothing, until connect-timeout or timeout is over", arguments: [true, false])
    func silent(isConnectTimeout: Bool) throws {
        let stage = try ConnectorStage()
        let port = try LoopbackListener("127.0.0.3").port
        let listener = try LoopbackListener.silent("127.0.0.3", port: port)
        stage.settings.connectTimeout = isConnectTimeout ? .milliseconds(300) : .seconds(3600)
        stage.settings.timeout = isConnectTimeout ? .seconds(3600) : .milliseconds(300)
        let failure = try stage.fail("http://127.0.0.3:\(port)/")
        #expect(failure.reason == .connect)
        #expect(failure.text.contains(" after "), "\(failure.text)")
        withExtendedLifetime(listener) {}
    }

    // MARK: addresses

    @Test(
        "one address that works is enough, wherever it stands",
        arguments: [
            ["127.0.0.1"], ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["::1", "127.0.0.1"],
            ["169.254.1.1", "127.0.0.2", "127.0.0.1"], ["127.0.0.2", "::1", "fe80::1", "127.0.0.1"],
        ])
    func addresses(_ list: [String]) throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        for name in ["mirror.example.test", "MIRROR.example.test.", "mirror.example.test"] {
            let connection = try stage.connect("http://\(name):\(listener.port)/prefix", list)
            let peer = try listener.accept()
            try stage.send([7], on: connection)
            #expect(peer.receive() == [7])
        }
    }

    @Test("an address that says nothing costs its share of the time, and no socket")
    func silentFirst() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let dead = try LoopbackListener.silent("127.0.0.4", port: listener.port)
        stage.settings.connectTimeout = .milliseconds(1300)
        let connections = try (0..<3).map { _ in
            try stage.connect(Self.name(listener), ["127.0.0.4", "127.0.0.1"])
        }
        for connection in connections {
            let peer = try listener.accept()
            connection.close()
            #expect(peer.receive() == nil)
        }
        withExtendedLifetime(dead) {}
    }

    /// A libcurl before 8.2 closes sockets without telling.
    @Test("whenever they are given up, no socket is left over")
    func leftOver() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let dead = try ["127.0.0.5", "127.0.0.6"].map { try LoopbackListener.silent($0, port: listener.port) }
        stage.settings.connectTimeout = .milliseconds(1400)
        for milliseconds in [0, 300, 900, 2000] {
            let name = Self.name(listener)
            let connections = try (0..<4).map { _ in
                try stage.begin(name, ["127.0.0.5", "127.0.0.6", "127.0.0.1"])
            }
            let end = MonotonicClock.now + Double(milliseconds) / 1000
            try stage.run { MonotonicClock.now > end }
            #expect(milliseconds > 300 || LoopbackListener.attempts(at: listener.port) == 4)
            for connection in connections { connection.close() }
            #expect(LoopbackListener.attempts(at: listener.port) == 0)
        }
        withExtendedLifetime(dead) {}
    }

    @Test("the addresses are those that were given last")
    func changed() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let name = Self.name(listener)
        #expect(try stage.fail(name, ["127.0.0.2"]) == (.connect, "Connection refused"))
        _ = try stage.connect(name, ["127.0.0.1"])
        #expect(try stage.fail(name, ["127.0.0.2"]) == (.connect, "Connection refused"))
    }

    // MARK: settings

    @Test("come from the source that the settings name, from when they say so")
    func source() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        _ = try stage.connect(listener.url)
        #expect(try listener.accept().source?.host == "127.0.0.1")
        stage.settings.transport.source = .address("127.0.0.9")
        stage.settings.transport.sourcePorts = 21000...21999
        let connection = try stage.connect(listener.url)
        let source = try #require(listener.accept().source)
        #expect(source.host == "127.0.0.9" && (21000...21999).contains(source.port))
        withExtendedLifetime(connection) {}
    }

    // MARK: the end

    @Test("closed before they are connected, nobody is told and the socket is gone")
    func closedWhileConnecting() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        var peers: [LoopbackListener.Peer] = []
        for isLetGo in [false, true] {
            var connection: MirrorConnection? = try stage.begin(listener.url)
            stage.connector.kick()
            peers.append(try listener.accept())
            if !isLetGo { connection?.close() }
            connection = nil
        }
        _ = try stage.connect(listener.url)
        #expect(peers.allSatisfy { $0.receive() == nil })
        #expect(stage.connected.isEmpty && stage.failures.isEmpty)
    }

    @Test("let go, they are closed")
    func letGo() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        var connection: MirrorConnection? = try stage.connect(listener.url)
        let peer = try listener.accept()
        #expect(peer.receive() == [] && connection != nil)
        connection = nil
        #expect(peer.receive() == nil)
    }

    @Test("begun and closed by their owner while it is told of others")
    func inside() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let nobody = try LoopbackListener("127.0.0.2").port
        var connections = try (0..<2).map { _ in try stage.begin(listener.url) }
        connections.append(try stage.begin("http://127.0.0.2:\(nobody)/"))
        var next: MirrorConnection?
        stage.told = {
            stage.told = nil
            for connection in connections { connection.close() }
            next = try? stage.begin(listener.url)
        }
        try stage.run { next?.isConnected == true }
        #expect(stage.connected.count + stage.failures.count == 2)
    }

    @Test("outlive their connector")
    func outlive() throws {
        let listener = try LoopbackListener()
        let connection = try ConnectorStage().connect(listener.url)
        let peer = try listener.accept()
        _ = [UInt8(1)].withUnsafeBytes(connection.send)
        #expect(peer.receive() == [1])
        connection.close()
        #expect(peer.receive() == nil)
    }

    /// libcurl looks after what it takes for its idle connections when it makes another, once a second.
    @Test("with an answer that waits, or at rest, they stay when another is made")
    func others() throws {
        let stage = try ConnectorStage()
        let listener = try LoopbackListener()
        let connections = try (0..<3).map { _ in try stage.connect(listener.url) }
        let peers = try (0..<3).map { _ in try listener.accept() }
        peers[1].send("answer")
        peers[2].endSending()
        let later = MonotonicClock.now + 1.2
        try stage.run { MonotonicClock.now > later }
        _ = try stage.connect(listener.url)
        #expect(peers[0].receive() == [])
        try stage.send([1], on: connections[0])
        #expect(peers[0].receive() == [1])
        #expect(try stage.receive(6, on: connections[1]) == Array("answer".utf8))
        #expect(peers[1].receive() == [])
        #expect(try stage.end(of: connections[2]) == "ended")
    }
}
