internal import Synchronization

/// Whether HAProxy seems to send requests before their bodies are there. Shared by all workers; a new one has seen nothing.
///
/// When a part of a body is missing while HAProxy's buffer had room for it, HAProxy did not wait. From HAProxy 3.1 on,
/// a client that goes away in the middle of its body looks the same: a single part is forgotten after some bodies that came whole.
final class BodyWatch: Sendable {
    /// From here on HAProxy counts as one that does not wait, until the level is back at 0.
    private static let threshold = 32
    private static let mostLevel = 4 * threshold
    /// Three chunked bodies that seem incomplete or empty weigh as much as a part of a declared one: an empty one is
    /// rare and not wrong, and HAProxy 2.6 adds a Content-Length beside the chunks to what it knows of their size.
    private static let chunkedWeight = 11

    private let level = Atomic<Int>(0)
    private let isFlagged = Atomic<Bool>(false)
    private let isTold = Atomic<Bool>(false)

    /// HAProxy seems not to wait for bodies.
    var isUnbuffered: Bool { isFlagged.load(ordering: .relaxed) }

    /// A part of a declared body is missing, and HAProxy's buffer had room for it.
    func notePart() { raise(by: Self.threshold) }

    /// The same of a chunked body, or nothing has come of it.
    func noteChunkedPart() { raise(by: Self.chunkedWeight) }

    /// A body has come, and nothing of it seems to be missing.
    func noteWhole() {
        guard level.load(ordering: .relaxed) > 0 else { return }
        if level.subtract(1, ordering: .relaxed).newValue <= 0 { isFlagged.store(false, ordering: .relaxed) }
    }

    private func raise(by weight: Int) {
        let raised = max(0, level.load(ordering: .relaxed)) + weight
        // Two workers may raise it at once: then one counts for both.
        level.store(min(raised, Self.mostLevel), ordering: .relaxed)
        if raised >= Self.threshold { isFlagged.store(true, ordering: .relaxed) }
    }

    /// What to log about it; nil when there is nothing, or when it was said before.
    func takeHint() -> String? {
        guard isUnbuffered, !isTold.exchange(true, ordering: .relaxed) else { return nil }
        return """
            HAProxy seems to send requests before their bodies are there: its frontend needs 'option http-buffer-request'. \
            While it does, copies with bodies that are not whole are dropped, and a body of no declared length counts as one \
            (unknown-length, truncated-body)
            """
    }
}
