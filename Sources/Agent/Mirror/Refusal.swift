internal import Stats

/// Why a copy is not sent.
enum Refusal: Error, Hashable {
    // Not wanted: counted as skipped.

    /// Mirroring is paused.
    case paused
    /// The sample rate left it out.
    case sampled
    /// More came in a second than `max-rate` lets through.
    case rate
    /// Its method is not among `--methods`.
    case method
    /// HAProxy asked for no destination, or for none that there is.
    case noDestination
    /// It is a copy already: it carries the mark of this agent, or of one before it.
    case loop

    // Wanted, and not sent: counted as dropped.

    /// The breaker is open: the mirror takes no copies, as far as anybody knows.
    case breaker
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
    /// It was for a destination that has been replaced, and an operator gave it up.
    case flushed
    /// The agent stopped first.
    case shutdown

    /// What an ACK calls it.
    var name: StaticString {
        switch self {
        case .paused: "paused"
        case .sampled: "sampled"
        case .rate: "rate"
        case .method: "method"
        case .loop: "loop"
        case .noDestination: "no_destination"
        case .breaker: "breaker"
        case .queueFull: "queue_full"
        case .expired: "expired"
        case .tooLarge: "too_large"
        case .truncated: "truncated"
        case .malformed: "malformed"
        case .flushed: "flushed"
        case .shutdown: "shutdown"
        }
    }

    var counter: Counter {
        switch self {
        case .paused: .skippedPaused
        case .sampled: .skippedSampled
        case .rate: .skippedRate
        case .method: .skippedMethod
        case .loop: .skippedLoop
        case .noDestination: .skippedNoDestination
        case .breaker: .droppedBreaker
        case .queueFull: .droppedQueueFull
        case .expired: .droppedExpired
        case .tooLarge: .droppedTooLarge
        case .truncated: .droppedTruncated
        case .malformed: .droppedMalformed
        case .flushed: .droppedFlushed
        case .shutdown: .droppedShutdown
        }
    }

    /// The request was not wanted, and counts as skipped.
    var isSkip: Bool {
        switch self {
        case .paused, .sampled, .rate, .method, .loop, .noDestination: true
        default: false
        }
    }

    /// The copy cannot be sent for what it is, and not for the state of the mirror.
    var isOfCopy: Bool {
        switch self {
        case .tooLarge, .truncated, .malformed: true
        default: false
        }
    }

    /// What it was, and what an operator can do about it, with what the message says.
    func detail(_ arguments: MirrorArguments, _ payload: RawSpan) -> String {
        if case .malformed(let kind) = self { kind.detail(arguments, payload) } else { detail }
    }

    /// The same as far as it is known without the message.
    var detail: String {
        switch self {
        case .paused: "mirroring is paused"
        case .sampled: "not in the sample (sample-rate)"
        case .rate: "more came in a second than max-rate lets through"
        case .method: "its method is not mirrored (methods)"
        case .loop: "it is a copy already: it has the mark (mark-header)"
        case .noDestination: "arg_to names no destination that there is"
        case .breaker: "the mirror takes no copies, the breaker is open (breaker)"
        case .queueFull: "no room for one more copy (max-queue, max-queue-bytes)"
        case .expired: "it waited longer than max-queue-age"
        case .flushed: "an operator gave it up: its destination had been replaced"
        case .shutdown: "the agent stopped first"
        case .truncated(.bufferFull): "HAProxy's buffer cut the body off: tune.bufsize"
        case .truncated(.notAwaited):
            "HAProxy did not wait for the body: option http-buffer-request"
        case .truncated(.unknown):
            "a body of no declared length, and HAProxy seems not to wait for bodies: option http-buffer-request"
        case .truncated(.undeclared): "a body of no declared length, which unknown-length drops"
        case .tooLarge: "its method, target and fields are over 960 KiB together"
        case .truncated(.changed):
            "the body is shorter than Content-Length says, and HAProxy had all of it: is arg_body=req.body?"
        case .malformed(let kind): kind.label ?? "it lacks an argument"
        }
    }

    /// What somebody has to change before copies like this one are sent, for the log. Nil for reasons that are part of normal
    /// traffic: their counters are enough.
    var label: String? {
        switch self {
        case .truncated(.changed): "body"
        case .malformed(let kind): kind.label
        default: nil
        }
    }
}
