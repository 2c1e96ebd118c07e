import Testing

@testable import Agent

@Suite("Source addresses")
struct SourceAddressTests {
    @Test("a source address that the machine does not have is worth a warning")
    func sourceAddress() throws {
        for (source, elsewhere) in [("lo", nil), ("127.0.0.1", nil), ("192.0.2.1", "192.0.2.1")] {
            #expect(try SourceAddress(resolving: source).elsewhere == elsewhere)
        }
    }
}
