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

    @Test("another URL, and another kind of breaker, begin with one that is closed")
    func breaker() throws {
        let first = Destination(DestinationSettings(url: try MirrorURL("http://h/")), workers: 1)
        var settings = first.settings
        settings.maxQueueAge = .seconds(1)
        settings.breaker.share = .all
        let second = first.changed(to: settings)
        #expect(second.breaker === first.breaker)
        second.breaker.ended(.unreachable, nil, startedAt: 0, now: 1e9, .init(settings))
        #expect(second.breaker.snapshot.state == .open)
        settings.breaker.mode = .off
        let third = second.changed(to: settings)
        #expect(third.breaker.isFree && third.breaker.snapshot.state == .closed)
        settings.url = try MirrorURL("http://other/")
        #expect(third.changed(to: settings).breaker !== third.breaker)
    }
}
