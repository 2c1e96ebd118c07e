import Testing

@testable import Agent

@Suite("Authorities")
struct TrustStoreTests {
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
        var settings = try Options.parse(["--mirror-url", "http://127.0.0.1/"]).configuration().settings
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
}
