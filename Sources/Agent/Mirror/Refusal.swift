internal import Stats

/// Why a copy is not sent.
enum Refusal: Error, Hashable {
    // Not wanted: counted as skipped.

    /// Mirroring is paused.
    case paused
    /// The sample rate left it out.
    case sampled
    /// Its method is not among `--methods`.
    case method
    /// It is a copy already: it carries the mark of this agent, or of one before it.
    case loop

    // Wanted, and not sent: counted as dropped.

    /// The delivery queue holds as many copies, or bytes, as it may.
    case queueFull
    /// It waited in the queue for longer than max-queue-age.
    case expired
    /// Its fragments passed the limit of a payload.
    case tooLarge
    /// HAProxy's buffer cut the body off.
    case truncated
    /// It cannot be sent without changing its meaning: a line break inside a header, a method that is no token ...
    case malformed
    /// The agent stopped first.
    case shutdown

    var counter: Counter {
        switch self {
        case .paused: .skippedPaused
        case .sampled: .skippedSampled
        case .method: .skippedMethod
        case .loop: .skippedLoop
        case .queueFull: .droppedQueueFull
        case .expired: .droppedExpired
        case .tooLarge: .droppedTooLarge
        case .truncated: .droppedTruncated
        case .malformed: .droppedMalformed
        case .shutdown: .droppedShutdown
        }
    }
}
