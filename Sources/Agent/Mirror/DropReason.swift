internal import Stats

/// Why a copy that should have been sent is not.
enum DropReason: Error, Hashable {
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
        case .queueFull: .droppedQueueFull
        case .expired: .droppedExpired
        case .tooLarge: .droppedTooLarge
        case .truncated: .droppedTruncated
        case .malformed: .droppedMalformed
        case .shutdown: .droppedShutdown
        }
    }
}
