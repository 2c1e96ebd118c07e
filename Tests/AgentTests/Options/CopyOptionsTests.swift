import Glibc
import SPOP
import Testing

@testable import Agent

@Suite("Options of copies and connections")
struct CopyOptionsTests {
    private func settings(_ words: String...) throws -> Settings {
        try Options.parse(words).configuration().settings
    }

    @Test func defaults() throws {
        let settings = try settings()
        #expect(
            settings.destination.style == CopyStyle(host: .preserve, truncatedBody: .drop, mark: .standard))
        #expect(settings.destination.methods == .all)
        #expect(settings.destination.transport == TransportSettings())
    }

    @Test func hostHeader() throws {
        #expect(try settings("--host-header", "destination").destination.style.host == .destination)
        #expect(
            try settings("--host-header", "qa.example:8080").destination.style.host
                == .literal("qa.example:8080"))
        for bad in ["", "a b", "a/b", "a\r\nb"] {
            #expect(throws: (any Error).self) { try settings("--host-header", bad) }
        }
    }

    @Test func markHeader() throws {
        #expect(try settings("--mark-header", "none").destination.style.mark == nil)
        #expect(
            try settings("--mark-header", "X-A: b: c").destination.style.mark
                == .init(name: Array("X-A".utf8), value: Array("b: c".utf8)))
        for bad in ["", "x", ":", "X-A:", "a b: c", "Host: a", "content-length: 1", "X-A: b\r\nc: d"] {
            #expect(throws: (any Error).self, "\(bad)") { try settings("--mark-header", bad) }
        }
    }

    @Test(
        "methods",
        arguments: [
            ("all", ["GET", "POST", "X", "connect", "CONNECTED"], ["CONNECT"]),
            ("CONNECT,GET", ["GET"], ["CONNECT", "POST"]),
            ("safe", ["GET", "HEAD", "OPTIONS", "TRACE"], ["POST", "get", "DELETE"]),
            ("GET,PROPFIND", ["GET", "PROPFIND"], ["HEAD", "PROP", "GET,PROPFIND"]),
        ])
    func methods(_ text: String, _ allowed: [String], _ refused: [String]) throws {
        let filter = try settings("--methods", text).destination.methods
        func allows(_ method: String) -> Bool {
            let bytes = Array(method.utf8)
            return filter.allows(0..<bytes.count, in: bytes.span.bytes)
        }
        for method in allowed { #expect(allows(method)) }
        for method in refused { #expect(!allows(method)) }
        for bad in ["", "GET,", "GET HEAD", "G(T", "get", "safe,POST", "GET,all", "connect"] {
            #expect(throws: (any Error).self) { try settings("--methods", bad) }
        }
    }

    @Test func theGateAsksBoth() throws {
        var settings = try settings("--methods", "safe")
        let payload = PayloadBuilder(method: "POST").bytes
        let copies = try PayloadBuilder.requests(in: payload.span.bytes)
        let copy = try #require(copies.first)
        var gate = Gate(settings, ids: RequestIDs(instance: 0, worker: 0))
        #expect(gate.decide(copy, payload: payload.span.bytes) == .skipped(.method))
        settings.destination.isPaused = true
        gate.apply(settings)
        #expect(gate.decide(copy, payload: payload.span.bytes) == .skipped(.paused))
        for id in 1...3 as ClosedRange<Int64> {
            gate.apply(try self.settings("--methods", "all"))
            #expect(gate.decide(copy, payload: payload.span.bytes) == .selected(id), "numbers go on")
        }
    }

    @Test func tlsFilesMustBeThere() throws {
        for option in ["--tls-ca", "--tls-cert", "--tls-key"] {
            #expect(throws: UsageError.self) { try settings(option, "/nowhere/file.pem") }
        }
        #expect(throws: UsageError.self) { try settings("--tls-key", #filePath) }
        // A file without a certificate in it.
        #expect(throws: UsageError.self) { try settings("--tls-ca", #filePath) }
        let transport = try settings("--tls-insecure", "--http-version", "2-prior-knowledge").destination
            .transport
        #expect(transport.isInsecure)
        #expect(transport.httpVersion == .http2PriorKnowledge)
    }

    @Test("the TLS library has to be ours")
    func tlsLibrary() throws {
        try TrustStore.checkLibrary()
        for other in ["", "GnuTLS/3.7.9", "(OpenSSL/3.0.19) GnuTLS/3.7.9", "wolfSSL/5.5.4", "OpenSSL/1.1.1w"]
        {
            #expect(throws: TrustError.self) { try TrustStore.checkLibrary(other) }
        }
    }

    @Test("the system's authorities are read once a destination needs them")
    func authorities() throws {
        var settings = try settings("--mirror-url", "http://127.0.0.1/")
        settings.destination.readAuthorities()
        #expect(settings.destination.transport.trusted == nil)
        settings.destination.url = try MirrorURL("https://127.0.0.1/")
        settings.destination.transport.isInsecure = true
        settings.destination.readAuthorities()
        #expect(settings.destination.transport.trusted == nil)
        settings.destination.transport.isInsecure = false
        settings.destination.readAuthorities()
        let trusted = settings.destination.transport.trusted
        #expect(trusted != nil)
        settings.destination.readAuthorities()
        #expect(settings.destination.transport.trusted == trusted)
    }

    @Test(
        "link-local addresses",
        arguments: [
            ("169.254.169.254", true), ("169.253.1.1", false), ("127.0.0.1", false), ("fe80::1", true),
            ("febf::1", true),
            ("fec0::1", false), ("::1", false), ("::ffff:169.254.1.1", true), ("::ffff:10.0.0.1", false),
            ("2001:db8::1", false), ("::169.254.169.254", true), ("64:ff9b::a9fe:a9fe", true),
            ("64:ff9b::a00:1", false), ("2002:a9fe:a9fe::1", true), ("2002:a00:1::1", false),
            ("fd00:ec2::254", true), ("fd00:ec2::253", false),
        ])
    func linkLocal(_ text: String, _ expected: Bool) throws {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        #expect(getaddrinfo(text, nil, &hints, &list) == 0)
        defer { freeaddrinfo(list) }
        let entry = try #require(list?.pointee)
        #expect(LinkLocal.contains(entry.ai_addr, length: entry.ai_addrlen) == expected)
    }
}
