/// Everything that is counted: one slot of a `CounterBank` each.
///
/// At any quiet moment, and to the last request:
/// `received = skipped + dropped + completed + queued + inFlight` and `completed = responses + failed`.
package enum Counter: Int, CaseIterable, Sendable {
    // Copies, from NOTIFY to their end.
    case received
    case skippedPaused, skippedSampled, skippedMethod, skippedLoop
    case droppedQueueFull, droppedExpired, droppedTooLarge, droppedTruncated, droppedMalformed,
        droppedShutdown
    case completed
    case responses1xx, responses2xx, responses3xx, responses4xx, responses5xx
    case failedDNS, failedConnect, failedTLS, failedTimeout, failedReset, failedOther

    // Gauges of the same path: they go up and down.
    case queued, queuedBytes, inFlight

    // SPOP.
    case connectionsOpened, connectionsClosed, connectionsRefused, healthChecks
    case framesIn, acks, unknownMessages
    case applets, idle, sending, waiting
    case errors, processed

    // The way to the mirror.
    case mirrorConnections, bytesSent, bytesReceived

    package static let skipped: [Counter] = [
        .skippedPaused, .skippedSampled, .skippedMethod, .skippedLoop,
    ]
    package static let dropped: [Counter] = [
        .droppedQueueFull, .droppedExpired, .droppedTooLarge, .droppedTruncated, .droppedMalformed,
        .droppedShutdown,
    ]
    package static let responses: [Counter] = [
        .responses1xx, .responses2xx, .responses3xx, .responses4xx, .responses5xx,
    ]
    package static let failed: [Counter] = [
        .failedDNS, .failedConnect, .failedTLS, .failedTimeout, .failedReset, .failedOther,
    ]
}
