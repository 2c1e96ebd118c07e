internal import Stats

/// A mirror, from the moment when copies are made for it to the end of the last one: what belongs to it over all workers.
///
/// When another takes its place, it drains: copies that were made for it still go there.
final class Destination: Sendable {
    let url: MirrorURL
    let books: Books

    /// What a destination, those that it replaced and those that will replace it have in common: the operator sees one.
    final class Books: Sendable {
        /// Copies that wait.
        let queued = BoundedCount()
        /// Transfers under way to the destination that a worker takes for the current one. Not each destination's own: while
        /// several replace each other, workers are at different ones, and all together may have `max-in-flight`.
        let inFlight = BoundedCount()
        /// Transfers under way to destinations that were replaced.
        let draining = BoundedCount()
        /// One for each worker.
        let banks: [CopyBank]

        fileprivate init(workers: Int) { banks = (0..<workers).map { _ in CopyBank() } }
    }

    /// The first one of its kind.
    init(_ url: MirrorURL, workers: Int) {
        self.url = url
        books = Books(workers: workers)
    }

    private init(_ url: MirrorURL, books: Books) { (self.url, self.books) = (url, books) }

    /// The one that takes its place; itself, if that is where copies go already.
    func replaced(by url: MirrorURL) -> Destination {
        url.text == self.url.text ? self : Destination(url, books: books)
    }
}
