/// What becomes of the trace context of a request (https://www.w3.org/TR/trace-context-1/) in its copy.
enum TraceMode: String, CaseIterable, Hashable, Sendable {
    /// It is sent as it came: the mirror's spans are those of the request.
    case keep = "keep"
    /// `traceparent` and `tracestate` are not sent.
    case drop = "drop"
    /// The copy is a span of its own in the same trace, and is not sampled.
    case child = "child"
}
