import Glibc
import System
import Testing

@testable import Agent

@Suite("What a probe finds")
struct ProbeTests {
    private let stage: ProbeStage
    private let listener: LoopbackListener

    init() throws {
        stage = try ProbeStage()
        listener = try LoopbackListener()
    }

    /// What it found, if it can be reached.
    private func facts(_ finding: ProbeFinding) throws -> String {
        guard case .reachable(let facts) = finding else {
            throw ConnectorStage.Unexpected(what: "\(finding)")
        }
        return facts
    }

    @Test("a mirror that takes the connection is reachable, and gets no byte")
    func reachable() throws {
        let found = try facts(stage.probe(listener.url))
        #expect(found.hasPrefix("127.0.0.1:\(listener.port), connected in "))
        #expect(found.contains(#/in \d+\.\d ms$/#))
        let peer = try listener.accept()
        stage.letGo()
        #expect(peer.receive() == nil, "it is closed, and nothing came before")
    }

    @Test("a port where nobody listens, for an address and a name")
    func refused() throws {
        let refused = "connection refused (127.0.0.2:\(listener.port)"
        #expect(try stage.probe("http://127.0.0.2:\(listener.port)/") == .unreachable("\(refused))"))
        stage.lookUps.answer("qa.test", .addresses(["127.0.0.2", "127.0.0.3"]))
        let both = "\(refused), 127.0.0.3:\(listener.port))"
        #expect(try stage.probe("http://qa.test:\(listener.port)/") == .unreachable(both))
        stage.lookUps.answer("many.test", .addresses((2...7).map { "127.0.0.\($0)" }))
        guard case .unreachable(let text) = try stage.probe("http://many.test:\(listener.port)/") else {
            throw ConnectorStage.Unexpected(what: "it is reachable")
        }
        #expect(text.hasSuffix("127.0.0.4:\(listener.port) and 3 more)"))
    }

    @Test("the address of a name that works, where another does not")
    func secondAddress() throws {
        stage.lookUps.answer("qa.test", .addresses(["127.0.0.2", "127.0.0.1"]))
        #expect(try facts(stage.probe("http://qa.test:\(listener.port)/")).hasPrefix("127.0.0.1:"))
    }

    @Test("what nobody answers takes as long as it may")
    func silence() throws {
        let silent = try LoopbackListener.silent("127.0.0.3", port: listener.port)
        let url = "http://127.0.0.3:\(silent.port)/"
        let place = "127.0.0.3:\(silent.port)"
        #expect(
            try stage.probe(url, within: .milliseconds(50))
                == .unreachable("no answer within 50ms (\(place))"))
        stage.settings.connectTimeout = .milliseconds(40)
        #expect(try stage.probe(url) == .unreachable("no answer within 40ms (\(place))"))
        stage.settings.timeout = .milliseconds(30)
        #expect(try stage.probe(url) == .unreachable("no answer within 30ms (\(place))"))
    }

    @Test("a mirror that takes the connection and hangs in TLS")
    func hangsInTLS() throws {
        let found = try stage.probe("https://127.0.0.1:\(listener.port)/", within: .milliseconds(100))
        #expect(found == .unreachable("no TLS handshake within 100ms (127.0.0.1:\(listener.port))"))
    }

    @Test("a name that is not there, and one that nobody answers for")
    func names() throws {
        stage.lookUps.answer(
            "none.test", .failure("Could not resolve host: none.test (Name or service not known)"))
        #expect(
            try stage.probe("http://none.test/")
                == .unreachable("could not resolve host: none.test (Name or service not known)"))
        #expect(
            try stage.probe("http://slow.test/", within: .milliseconds(30))
                == .unreachable("its name was not looked up within 30ms"))
        stage.lookUps.answer("slow.test", .addresses(["127.0.0.1"]))
    }

    @Test("a mirror that ends the connection at once, and one that speaks first")
    func notHTTP() throws {
        let place = "(127.0.0.1:\(listener.port))"
        let listener = listener
        try stage.begin(listener.url)
        _ = try listener.accept()
        try stage.run { [stage] in stage.findings.count == 1 }
        #expect(stage.findings[0] == .unreachable("it ends connections at once \(place)"))
        try stage.begin(listener.url)
        let peer = try listener.accept()
        peer.send("SSH-2.0-x\r\n")
        try stage.run { [stage] in stage.findings.count == 2 }
        #expect(
            stage.findings[1] == .unreachable("it speaks before it is asked, as no HTTP server does \(place)")
        )
        try stage.begin("https://127.0.0.1:\(listener.port)/")
        let plain = try listener.accept()
        plain.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        try stage.run { [stage] in stage.findings.count == 3 }
        guard case .unreachable(let text) = stage.findings[2] else {
            throw ConnectorStage.Unexpected(what: "it is reachable")
        }
        #expect(text.hasPrefix("it does not speak TLS ("))
    }

    @Test("it connects from where transfers do, and not to link-local addresses")
    func options() throws {
        #expect(
            try stage.probe("http://169.254.169.254/")
                == .unreachable(
                    "a link-local address is not connected to (--allow-link-local) (169.254.169.254:80)"))
        stage.settings.transport.source = try SourceAddress(resolving: "127.0.0.9")
        _ = try facts(stage.probe(listener.url))
        #expect(try listener.accept().source?.host == "127.0.0.9")
    }

    @Test("one that is let go tells nothing, and one that is given up tells why")
    func ends() throws {
        try stage.begin("https://127.0.0.1:\(listener.port)/")
        let peer = try listener.accept()
        try stage.run { LoopbackListener.Peer.isReady(peer.descriptor.rawValue, for: POLLIN) }
        #expect(peer.receive()?.first == 0x16, "the handshake has begun")
        stage.letGo()
        #expect(peer.receive() == nil)
        try stage.begin("http://slow.test/")
        stage.giveUp("x")
        try stage.run { [stage] in stage.findings == [.unknown("x")] }
        stage.lookUps.answer("slow.test", .addresses(["127.0.0.1"]))
    }
}
