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
    /// Its fragments passed the limit of a payload, or its head is longer than libcurl sends.
    case tooLarge
    /// The body is not whole, or may not be.
    case truncated(BodyExtent.Cut)
    /// It cannot be sent without changing its meaning.
    case malformed(Malformation)
    /// The agent stopped first.
    case shutdown

    /// What an ACK calls it.
    var name: StaticString {
        switch self {
        case .paused: "paused"
        case .sampled: "sampled"
        case .method: "method"
        case .loop: "loop"
        case .queueFull: "queue_full"
        case .expired: "expired"
        case .tooLarge: "too_large"
        case .truncated: "truncated"
        case .malformed: "malformed"
        case .shutdown: "shutdown"
        }
    }

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

    /// What an operator can do about a copy that was dropped for what it is; nil for other reasons.
    func detail(_ arguments: MirrorArguments, _ payload: RawSpan) -> String? {
        switch self {
        case .truncated(.bufferFull): "HAProxy's buffer cut the body off: tune.bufsize"
        case .truncated(.notAwaited):
            "HAProxy did not wait for the body: option http-buffer-request"
        case .truncated(.unknown):
            "a body of no declared length, and HAProxy seems not to wait for bodies: option http-buffer-request"
        case .truncated(.undeclared): "a body of no declared length, which unknown-length drops"
        case .tooLarge: "its method, target and fields are over 960 KiB together"
        case .truncated(.changed):
            "the body is shorter than Content-Length says, and HAProxy had all of it: is arg_body=req.body?"
        case .malformed(let kind): kind.detail(arguments, payload)
        default: nil
        }
    }

    /// The kind of thing that has to be changed before copies like this one are sent, for the log; nil for what traffic brings by
    /// itself, of which it has the count.
    var label: String? {
        switch self {
        case .truncated(.changed): "body"
        case .malformed(let kind): kind.label
        default: nil
        }
    }
}
