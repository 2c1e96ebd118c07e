import Testing

@testable import Agent

@Suite("Settings of connections to the mirror")
struct TransportSettingsTests {
    @Test(
        "which mirrors may be spoken to in HTTP/2",
        arguments: [
            (.http1, false, false), (.http2, false, true), (.http2PriorKnowledge, true, true),
        ] as [(TransportSettings.HTTPVersion, Bool, Bool)])
    func mayBeHTTP2(_ version: TransportSettings.HTTPVersion, _ inClearText: Bool, _ overTLS: Bool) throws {
        let settings = TransportSettings(httpVersion: version)
        #expect(try settings.mayBeHTTP2(to: MirrorURL("http://mirror/")) == inClearText)
        #expect(try settings.mayBeHTTP2(to: MirrorURL("https://mirror/")) == overTLS)
    }
}
