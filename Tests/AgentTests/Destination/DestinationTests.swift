import Testing

@testable import Agent

@Suite("A destination")
struct DestinationTests {
    @Test("the same URL is the same destination, another one shares its books")
    func sameURL() throws {
        let first = Destination(try MirrorURL("http://h/"), workers: 2)
        #expect(first.replaced(by: try MirrorURL("http://h/")) === first)
        let second = first.replaced(by: try MirrorURL("http://h/x"))
        #expect(second !== first && second.books === first.books)
        #expect(second.books.banks.count == 2)
    }
}
