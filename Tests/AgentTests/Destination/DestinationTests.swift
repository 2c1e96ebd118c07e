import Testing

@testable import Agent

@Suite("A destination")
struct DestinationTests {
    @Test("the same URL is the same mirror, whatever else changes, and all share the books")
    func sameURL() throws {
        let first = Destination(DestinationSettings(url: try MirrorURL("http://h/")), workers: 2)
        let second = first.changed(to: DestinationSettings(url: try MirrorURL("http://h/"), maxInFlight: 1))
        #expect(second.isSameMirror(as: first) && second.settings.maxInFlight == 1)
        let third = second.changed(to: DestinationSettings(url: try MirrorURL("http://h/x")))
        #expect(!third.isSameMirror(as: second))
        #expect(second.books === first.books && third.books === first.books)
        #expect(third.books.banks.count == 2)
    }
}
