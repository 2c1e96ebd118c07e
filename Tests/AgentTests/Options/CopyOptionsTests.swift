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
}
