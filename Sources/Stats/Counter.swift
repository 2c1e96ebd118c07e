/// Everything that is counted: one slot of a `CounterBank` each, in which those that a bank does not count stay at 0.
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
    case helloFrames, notifyFrames, continuationFrames, disconnectFrames, otherFrames
    case acks, agentHellos, agentDisconnects, unknownMessages
    case spopIoErrors, spopTimeouts, spopTooBig, spopInvalid, spopNoVersion, spopNoFrameSize,
        spopNoCapabilities,
        spopBadVersion, spopBadFrameSize, spopFragmentation, spopInterlaced, spopNoFrameId, spopResource,
        spopUnknown
    case applets, idle, sending, waiting
    case errors, processed

    // The way to the mirror.
    case mirrorConnections, mirrorCutOffs, mirrorAmbiguous, bytesSent, bytesReceived
    /// Copies sent once more, which the mirror may have got twice. They end once, and count once in the balance.
    case resent

    // The admin sockets.
    case adminCommands, adminErrors

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

    /// Values that go up and down; all others only rise.
    package static let gauges: [Counter] = [
        .queued, .queuedBytes, .inFlight, .applets, .idle, .sending, .waiting,
    ]

    /// Connections that ended in an error, by the protocol's status code (SPOE.txt, section 3.5).
    package static let spopErrors: [(code: UInt32, counter: Counter)] = [
        (1, .spopIoErrors), (2, .spopTimeouts), (3, .spopTooBig), (4, .spopInvalid), (5, .spopNoVersion),
        (6, .spopNoFrameSize), (7, .spopNoCapabilities), (8, .spopBadVersion), (9, .spopBadFrameSize),
        (10, .spopFragmentation), (11, .spopInterlaced), (12, .spopNoFrameId), (13, .spopResource),
        (99, .spopUnknown),
    ]

    /// The counter of a status code; any that the protocol does not list counts as unknown.
    package static func spopError(_ code: UInt32) -> Counter {
        spopErrors.first { $0.code == code }?.counter ?? .spopUnknown
    }
}
