/// What keeps copies from a destination.
enum BreakerMode: String, CaseIterable, Sendable {
    /// Nothing does; while the mirror cannot be reached, copies wait in the queue.
    case off = "off"
    /// No connection comes about.
    case unreachable = "unreachable"
    /// The same, or too many copies get a connection and no answer.
    case failures = "failures"
}

/// What an operator says of the breaker.
struct BreakerSettings: Sendable, Equatable {
    var mode = BreakerMode.unreachable
    /// Of the copies that got a connection within `state-window`, the share that may come to no answer.
    var share = SampleRate.half
}
