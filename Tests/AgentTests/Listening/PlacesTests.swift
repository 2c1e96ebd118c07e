import Testing

@testable import Agent

@Suite("Places of a server")
struct PlacesTests {
    private final class Client: Guest {
        let name: String
        var idleSince: Double?
        private unowned let places: Places<Client>

        init(_ name: String, idleSince: Double?, in places: Places<Client>) {
            (self.name, self.idleSince, self.places) = (name, idleSince, places)
            places.take(self)
        }

        var isGone = false

        /// What reading brings to light.
        var idleSinceRead: Double?

        func start() { idleSince = idleSince ?? idleSinceRead }

        func makeRoom() {
            isGone = true
            places.leave(self)
        }
    }

    @Test("the one idle longest makes room, and none that waits for an answer")
    func order() {
        let places = Places<Client>(count: 3)
        #expect(places.find() == .free)
        let waits = Client("waits", idleSince: nil, in: places)
        let late = Client("late", idleSince: 5, in: places)
        #expect(places.find() == .free)
        let early = Client("early", idleSince: 2, in: places)
        #expect(places.find() == .made)
        #expect(early.isGone && !late.isGone && !waits.isGone)
        let busy = Client("busy", idleSince: nil, in: places)
        #expect(places.find() == .made)
        #expect(late.isGone)
        let another = Client("another", idleSince: nil, in: places)
        #expect(places.find() == .none)
        another.idleSince = 9
        #expect(places.find() == .made)
        #expect(another.isGone && !waits.isGone && !busy.isGone)
    }

    @Test("bytes that are no request keep no place: they are read before anybody is sent away")
    func unread() {
        let places = Places<Client>(count: 2)
        let waits = Client("waits", idleSince: nil, in: places)
        let talks = Client("talks", idleSince: nil, in: places)
        talks.idleSinceRead = 3
        #expect(places.find() == .made)
        #expect(talks.isGone && !waits.isGone)
    }
}
