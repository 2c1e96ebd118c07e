/// How a mirror treats the copies it gets.
enum MirrorKind: String, CaseIterable {
    /// Answers at once: nginx.
    case healthy
    /// Answers after a second.
    case slow
    /// Accepts, reads, and never answers.
    case hung
    /// Nothing listens on its port.
    case refusing
    /// Resets the connection when it has read the request.
    case resetting
    /// Answers 10 MB.
    case huge
}
