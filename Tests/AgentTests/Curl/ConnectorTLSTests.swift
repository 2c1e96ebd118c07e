import COpenSSL
import Glibc
import System
import Testing

@testable import Agent

@Suite("Connections over TLS that libcurl makes for us")
struct ConnectorTLSTests {
    /// A connector that trusts the certificate of a server beside it.
    private final class Stage {
        let connector: ConnectorStage
        let listener: LoopbackListener
        let own: OwnCertificate
        let server: TLSServer

        init(version: Int32 = TLS1_3_VERSION, wantsCertificate: Bool = false, isTrusted: Bool = true) throws {
            connector = try ConnectorStage()
            listener = try LoopbackListener()
            own = try OwnCertificate()
            server = try TLSServer(own, version: version, wantsCertificate: wantsCertificate)
            connector.settings.transport.trusted =
                isTrusted ? try TrustStore(file: own.certificate) : TrustStore()
        }

        var url: String { "https://127.0.0.1:\(listener.port)/" }

        /// Begins a connection, whose other end has been through the handshake when this returns.
        func begin(_ url: String? = nil, _ addresses: [String]? = nil) throws -> (MirrorConnection, TLSPeer) {
            let connection = try connector.begin(url ?? self.url, addresses)
            connector.connector.kick()
            let peer = try TLSPeer(try listener.accept(), server)
            var isOver = false
            try connector.run {
                isOver = isOver || peer.step()
                return isOver
            }
            return (connection, peer)
        }

        func connect(_ url: String? = nil, _ addresses: [String]? = nil) throws -> (MirrorConnection, TLSPeer)
        {
            let both = try begin(url, addresses)
            try connector.run { both.0.isConnected }
            return both
        }

        func fail() throws -> (reason: FailureReason, text: String) {
            let (connection, peer) = try begin()
            try connector.run { [self] in connector.failures.contains { $0.connection === connection } }
            withExtendedLifetime(peer) {}
            return (connector.failures[0].reason, connector.failures[0].text)
        }
    }

    @Test(
        "are written and read, and end when the mirror says so", arguments: [TLS1_3_VERSION, TLS1_2_VERSION])
    func bytes(_ version: Int32) throws {
        let stage = try Stage(version: version)
        for (url, addresses) in [
            (stage.url, nil), ("https://mirror.example.test:\(stage.listener.port)/", ["127.0.0.1"]),
        ] {
            let (connection, peer) = try stage.connect(url, addresses)
            #expect(connection.isEncrypted)
            #expect(stage.server.askedFor == [8] + "http/1.1".utf8)
            try stage.connector.send(Array("GET /".utf8), on: connection)
            #expect(peer.receive() == Array("GET /".utf8))
            if case .again = stage.connector.receive(on: connection, 10) {
            } else {
                Issue.record("nothing has come")
            }
            peer.send(Array("HTTP/1.1 200 OK".utf8))
            #expect(try stage.connector.receive(15, on: connection) == Array("HTTP/1.1 200 OK".utf8))
            peer.end()
            #expect(try stage.connector.end(of: connection) == "ended")
        }
    }

    @Test("what is read of a record is not all that has come, and no event tells of the rest")
    func decrypted() throws {
        let stage = try Stage()
        let (connection, peer) = try stage.connect()
        peer.send([UInt8](repeating: 7, count: 10_000))
        #expect(try stage.connector.receive(1, on: connection) == [7])
        #expect(LoopbackListener.Peer.isReady(connection.socket, for: POLLIN) == false)
        guard case .bytes(let rest) = stage.connector.receive(on: connection, 1 << 16) else {
            Issue.record("the rest is there")
            return
        }
        #expect(rest.count == 9_999)
        if case .again = stage.connector.receive(on: connection, 10) {} else { Issue.record("all has come") }
    }

    @Test("more than there is room for arrives whole")
    func much() throws {
        let stage = try Stage()
        let (connection, peer) = try stage.connect()
        let bytes = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var arrived: [UInt8] = []
        try stage.connector.send(bytes, on: connection) { arrived += peer.receive() }
        while case let more = peer.receive(), !more.isEmpty { arrived += more }
        #expect(arrived == bytes)
    }

    @Test("a byte that comes before it is asked for is not lost")
    func early() throws {
        let stage = try Stage()
        let (connection, peer) = try stage.begin()
        peer.send(Array("early".utf8))
        try stage.connector.run { connection.isConnected }
        #expect(try stage.connector.receive(5, on: connection) == Array("early".utf8))
    }

    /// As `ConnectorTests.others`: what a server sends at the end of a handshake of TLS 1.3 waits to be read as well.
    @Test("with an answer that waits, or at rest, they stay when another is made")
    func others() throws {
        let stage = try Stage()
        let pairs = try (0..<3).map { _ in try stage.connect() }
        pairs[1].1.send(Array("answer".utf8))
        pairs[2].1.tcp.endSending()
        let later = MonotonicClock.now + 1.2
        try stage.connector.run { MonotonicClock.now > later }
        _ = try stage.connect()
        try stage.connector.send([1], on: pairs[0].0)
        #expect(pairs[0].1.receive() == [1])
        #expect(try stage.connector.receive(6, on: pairs[1].0) == Array("answer".utf8))
        let end = try stage.connector.end(of: pairs[2].0)
        #expect(end == "ended" || end.contains("unexpected eof"), "\(end)")
    }

    // MARK: failures

    @Test("a certificate that nobody vouches for")
    func untrusted() throws {
        let failure = try Stage(isTrusted: false).fail()
        #expect(failure.reason == .tls && failure.text.contains("signed certificate"), "\(failure.text)")
    }

    @Test("a mirror that does not speak TLS, and one that says nothing")
    func noTLS() throws {
        let stage = try Stage()
        for isSilent in [false, true] {
            if isSilent { stage.connector.settings.connectTimeout = .milliseconds(200) }
            let connection = try stage.connector.begin(stage.url)
            stage.connector.connector.kick()
            let peer = try stage.listener.accept()
            if !isSilent { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n") }
            try stage.connector.run { stage.connector.failures.contains { $0.connection === connection } }
            let failure = try #require(stage.connector.failures.last)
            #expect(failure.reason == (isSilent ? .connect : .tls))
            #expect(
                failure.text.contains(isSilent ? "onnection time" : "wrong version number"), "\(failure.text)"
            )
        }
    }

    /// In TLS 1.3 the handshake is over for the client before the server looks at its certificate.
    @Test("a mirror that wants a certificate of ours says so at the first read")
    func lateAlert() throws {
        let stage = try Stage(wantsCertificate: true)
        let connection = try stage.connector.begin(stage.url)
        stage.connector.connector.kick()
        let peer = try TLSPeer(try stage.listener.accept(), stage.server)
        // Not before we are connected.
        try stage.connector.run {
            connection.isConnected
                || LoopbackListener.Peer.isReady(peer.tcp.descriptor.rawValue, for: POLLIN) && peer.step()
        }
        _ = peer.step()
        try stage.connector.send([1], on: connection)
        let end = try stage.connector.end(of: connection)
        #expect(end.contains(".tls, \"the mirror wants a client certificate (--tls-cert): "), "\(end)")
    }

    @Test("or ends the handshake, in TLS 1.2")
    func alert() throws {
        let failure = try Stage(version: TLS1_2_VERSION, wantsCertificate: true).fail()
        #expect(failure.reason == .tls && failure.text.contains("handshake failure"), "\(failure.text)")
    }
}
