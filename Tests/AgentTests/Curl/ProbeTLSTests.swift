import COpenSSL
import Glibc
import System
import Testing

@testable import Agent

@Suite("What a probe finds over TLS")
struct ProbeTLSTests {
    private let stage: ProbeStage
    private let listener: LoopbackListener
    private let own: OwnCertificate

    init() throws {
        stage = try ProbeStage()
        listener = try LoopbackListener()
        own = try OwnCertificate()
        stage.settings.transport.trusted = try TrustStore(file: own.certificate)
    }

    /// Probes the server, which has nothing to say beside its handshake.
    private func probe(_ server: TLSServer, name: String? = nil) throws -> ProbeFinding {
        try stage.begin("https://\(name ?? "127.0.0.1"):\(listener.port)/")
        var peer: TLSPeer?
        var isOver = false
        try stage.run { [stage, listener] in
            if peer == nil, let tcp = listener.acceptIfThere() { peer = try? TLSPeer(tcp, server) }
            isOver = isOver || peer?.step() == true
            return stage.findings.count == 1
        }
        // While there is another end: TLS says goodbye.
        stage.letGo()
        #expect(peer?.receive().isEmpty == true, "nothing but the handshake")
        return stage.findings[0]
    }

    private var today: String {
        var (now, date) = (time(nil) + 86400, tm())
        gmtime_r(&now, &date)
        let numbers = [Int(date.tm_year) + 1900, Int(date.tm_mon) + 1, Int(date.tm_mday)]
        return numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
    }

    @Test(
        "the version, the HTTP and the certificate",
        arguments: [
            (TransportSettings.HTTPVersion.http1, TLS1_3_VERSION, "TLS 1.3, certificate of own"),
            (.http2, TLS1_3_VERSION, "TLS 1.3, HTTP/2, certificate of own"),
            (.http2PriorKnowledge, TLS1_2_VERSION, "TLS 1.2, HTTP/2, certificate of own"),
        ])
    func facts(_ http: TransportSettings.HTTPVersion, _ version: Int32, _ expected: String) throws {
        stage.settings.transport.httpVersion = http
        let server = try TLSServer(own, version: version)
        guard case .reachable(let facts) = try probe(server) else {
            throw ConnectorStage.Unexpected(what: "\(stage.findings)")
        }
        #expect(facts.contains(" ms, \(expected) until "), "\(facts)")
        // A day long, from a moment ago.
        #expect(facts.hasSuffix(today) || facts.contains("until 20"))
        let asked = (http == .http1 ? [] : [2] + Array("h2".utf8)) + [8] + Array("http/1.1".utf8)
        #expect(server.askedFor == asked)
    }

    @Test("a certificate that nobody vouches for, unless it need not be verified")
    func selfSigned() throws {
        stage.settings.transport.trusted = TrustStore()
        #expect(try probe(TLSServer(own)) == .unreachable("certificate: self-signed certificate"))
        let other = try ProbeTLSTests()
        other.stage.settings.transport.isInsecure = true
        guard case .reachable(let facts) = try other.probe(TLSServer(other.own)) else {
            throw ConnectorStage.Unexpected(what: "\(other.stage.findings)")
        }
        #expect(facts.hasSuffix(", not verified"))
    }

    @Test("a certificate of another name")
    func otherName() throws {
        // It has nothing to write when the other end has gone.
        let server = try TLSServer(own, version: TLS1_2_VERSION)
        stage.lookUps.answer("other.test", .addresses(["127.0.0.1"]))
        guard case .unreachable(let text) = try probe(server, name: "other.test") else {
            throw ConnectorStage.Unexpected(what: "\(stage.findings)")
        }
        #expect(text.contains("other.test"), "\(text)")
    }

    @Test("a server that wants a certificate, which it says when the handshake is over")
    func wantsCertificate() throws {
        guard case .unreachable(let text) = try probe(TLSServer(own, wantsCertificate: true)) else {
            throw ConnectorStage.Unexpected(what: "\(stage.findings)")
        }
        #expect(text.contains("the mirror wants a client certificate (--tls-cert)"), "\(text)")
    }
}
