internal import Synchronization

/// Whether HAProxy has been seen to send a request before its body was there. Shared by all workers; a new one has seen nothing.
///
/// A body that is shorter than declared while HAProxy's buffer had room for more shows it. A client that ends its connection in
/// the middle of a body looks the same.
final class BodyWatch: Sendable {
    private let isUnbuffered = Atomic<Bool>(false)
    private let isTold = Atomic<Bool>(false)

    /// Such a body has been seen.
    var hasSeenPart: Bool { isUnbuffered.load(ordering: .relaxed) }

    /// Notes such a body. Any worker.
    func notePart() { isUnbuffered.store(true, ordering: .relaxed) }

    /// What to log about it; nil when there is nothing, or when it was said before.
    func takeHint() -> String? {
        guard hasSeenPart, !isTold.exchange(true, ordering: .relaxed) else { return nil }
        return """
            HAProxy sends requests before their bodies are there: its frontend needs 'option http-buffer-request'. \
            Until then bodies are missing parts, and a body of no declared length counts as cut off (unknown-length)
            """
    }
}
