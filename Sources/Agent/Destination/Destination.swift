internal import AdminSocket
internal import Stats
internal import Synchronization

/// A mirror, and what belongs to it over all workers: what the operator has set, and what its copies hold and have come to.
///
/// A change makes another one with the same books. If the other has another URL, this one drains: copies that were made for it
/// still go there.
final class Destination: Sendable {
    let name: DestinationName
    let settings: DestinationSettings
    let books: Books
    /// Another number with each URL: what workers count of one mirror can be told from what they count of the one before.
    let mirror: Int
    /// Another one with each URL, and with each change of what it goes by.
    let breaker: Breaker

    /// What a destination, those that it replaced and those that will replace it have in common: the operator sees one.
    final class Books: Sendable {
        /// Tells one from all that were or will be, those of the same name among them.
        let number: Int
        /// Copies that wait.
        let queued = BoundedCount()
        /// Transfers under way to the destination that a worker takes for the current one. Not each destination's own: while
        /// several replace each other, workers are at different ones, and all together may have `max-in-flight`.
        let inFlight = BoundedCount()
        /// Transfers under way to destinations that were replaced.
        let draining = BoundedCount()
        /// Bytes that its copies hold, waiting or under way.
        let bytes = BoundedCount()
        /// Requests that may pass.
        let bucket = RateBucket()
        /// One for each worker.
        let banks: [CopyBank]

        fileprivate init(workers: Int) {
            let number = Self.made.add(1, ordering: .relaxed).newValue
            self.number = number
            banks = (0..<workers).map { _ in CopyBank(destination: number) }
        }

        private static let made = Atomic<Int>(0)
    }

    /// The first one of its kind.
    init(_ settings: DestinationSettings, named name: DestinationName = .standard, workers: Int) {
        self.name = name
        self.settings = settings
        mirror = 0
        books = Books(workers: workers)
        breaker = Breaker(books.banks, mirror: mirror)
    }

    private init(_ settings: DestinationSettings, of other: Destination, mirror: Int, breaker: Breaker) {
        (name, books) = (other.name, other.books)
        (self.settings, self.mirror, self.breaker) = (settings, mirror, breaker)
    }

    /// The one that takes its place.
    func changed(to settings: DestinationSettings) -> Destination {
        let isSame = settings.url.text == self.settings.url.text
        let mirror = isSame ? mirror : mirror + 1
        // A new one is closed, and knows nothing of the mirror before, nor do its tries.
        let keepsBreaker = isSame && settings.breaker.mode == self.settings.breaker.mode
        return Destination(
            settings, of: self, mirror: mirror,
            breaker: keepsBreaker ? breaker : Breaker(books.banks, mirror: mirror))
    }

    /// Whether copies that were made for `other` go where its own go.
    func isSameMirror(as other: Destination) -> Bool { settings.url.text == other.settings.url.text }
}

extension Snapshot {
    /// The books of one destination; nothing is in them before a worker has seen it.
    func of(_ destination: Destination) -> Snapshot { destinations[destination.books.number] ?? .empty }
}
