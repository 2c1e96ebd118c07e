/// Everything that is counted, in the order of `show stat`: one slot of a `CounterBank` each, in which those that a bank does not
/// count stay at 0. Each has a row in one of the tables below.
///
/// At any quiet moment, and to the last request:
/// `received = skipped + dropped + completed + queued + inFlight` and `completed = responses + failed`.
package enum Counter: Int, CaseIterable, Sendable {
    // Copies, from NOTIFY to their end.
    case received
    /// Requests without any of the keys that the sample goes by, sampled at random. They end as the others, and do not count in the
    /// balance.
    case withoutKey
    case skippedPaused, skippedSampled, skippedRate, skippedMethod, skippedLoop
    /// No destination was asked for (`arg_to`).
    case skippedNoDestination
    case droppedBreaker, droppedQueueFull, droppedExpired, droppedTooLarge, droppedTruncated,
        droppedMalformed, droppedFlushed, droppedShutdown
    case completed
    case responses1xx, responses2xx, responses3xx, responses4xx, responses5xx
    case failedDNS, failedConnect, failedTLS, failedTimeout, failedReset, failedOther

    // Gauges of the same path: they go up and down.
    case queued, queuedBytes, inFlight

    // SPOP.
    case connectionsOpened, connectionsClosed, connectionsRefused, healthChecks
    case helloFrames, notifyFrames, continuationFrames, disconnectFrames, otherFrames
    case acks, agentHellos, agentDisconnects, unknownMessages,
        unknownDestinations
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
}

// The interface of counters, in the order of the metrics. Names are written out, so that renaming a case changes none.
extension Counter {
    static let spop: [Row] = [
        Row(
            .connectionsOpened, "connections_opened",
            total: "spop_connections_total", "Connections from HAProxy."),
        Row(.connectionsClosed, "connections_closed"),
        Row(
            .connectionsRefused, "connections_refused",
            total: "spop_connections_refused_total", "Connections past max-connections."),
        Row(.healthChecks, "health_checks"),
        Row(.applets, "applets", gauge: "spop_current_connections", "Connections from HAProxy past HELLO."),
        Row(.idle, "idle", gauge: "spop_idle_connections", "Those of them with nothing under way."),
        Row(.helloFrames, "hello_frames", .frames, "haproxy_hello"),
        Row(.notifyFrames, "notify_frames", .frames, "notify"),
        Row(.continuationFrames, "continuation_frames", .frames, "unset"),
        Row(.disconnectFrames, "disconnect_frames", .frames, "haproxy_disconnect"),
        Row(.otherFrames, "other_frames", .frames, "other"),
        Row(.agentHellos, "agent_hellos", .frames, "agent_hello"),
        Row(.acks, "acks", .frames, "ack"),
        Row(.agentDisconnects, "agent_disconnects", .frames, "agent_disconnect"),
        Row(.spopIoErrors, "spop_io_errors", .spopErrors, "1"),
        Row(.spopTimeouts, "spop_timeouts", .spopErrors, "2"),
        Row(.spopTooBig, "spop_too_big", .spopErrors, "3"),
        Row(.spopInvalid, "spop_invalid", .spopErrors, "4"),
        Row(.spopNoVersion, "spop_no_version", .spopErrors, "5"),
        Row(.spopNoFrameSize, "spop_no_frame_size", .spopErrors, "6"),
        Row(.spopNoCapabilities, "spop_no_capabilities", .spopErrors, "7"),
        Row(.spopBadVersion, "spop_bad_version", .spopErrors, "8"),
        Row(.spopBadFrameSize, "spop_bad_frame_size", .spopErrors, "9"),
        Row(.spopFragmentation, "spop_fragmentation", .spopErrors, "10"),
        Row(.spopInterlaced, "spop_interlaced", .spopErrors, "11"),
        Row(.spopNoFrameId, "spop_no_frame_id", .spopErrors, "12"),
        Row(.spopResource, "spop_resource", .spopErrors, "13"),
        Row(.spopUnknown, "spop_unknown", .spopErrors, "99"),
        Row(.processed, "processed", total: "spop_events_processed_total", "NOTIFYs acknowledged."),
        Row(.errors, "errors", total: "spop_event_errors_total", "NOTIFYs that ended in an error."),
        Row(
            .unknownMessages, "unknown_messages",
            total: "spop_unknown_messages_total", "Messages of another name than is mirrored."),
        Row(
            .unknownDestinations, "unknown_destinations",
            total: "unknown_destinations_total", "Names in arg_to that no destination has."),
        Row(.waiting, "waiting", .pendingAcks),
        Row(.sending, "sending", .pendingAcks),
    ]

    static let copies: [Row] = [
        Row(.received, "received", total: "requests_received_total", "Requests that HAProxy sent."),
        Row(
            .withoutKey, "without_key",
            total: "requests_without_key_total",
            "Requests without any of the keys of sample-key, sampled at random."),
        Row(.skippedPaused, "skipped_paused", .skipped, "paused"),
        Row(.skippedSampled, "skipped_sampled", .skipped, "sampled"),
        Row(.skippedRate, "skipped_rate", .skipped, "rate"),
        Row(.skippedMethod, "skipped_method", .skipped, "method"),
        Row(.skippedLoop, "skipped_loop", .skipped, "loop"),
        Row(.skippedNoDestination, "skipped_no_destination", .skipped, "no_destination"),
        Row(.droppedBreaker, "dropped_breaker", .dropped, "breaker"),
        Row(.droppedQueueFull, "dropped_queue_full", .dropped, "queue_full"),
        Row(.droppedExpired, "dropped_expired", .dropped, "expired"),
        Row(.droppedTooLarge, "dropped_too_large", .dropped, "too_large"),
        Row(.droppedTruncated, "dropped_truncated", .dropped, "truncated"),
        Row(.droppedMalformed, "dropped_malformed", .dropped, "malformed"),
        Row(.droppedFlushed, "dropped_flushed", .dropped, "flushed"),
        Row(.droppedShutdown, "dropped_shutdown", .dropped, "shutdown"),
        Row(
            .completed, "completed",
            total: "requests_completed_total", "Copies that were answered or failed."),
        Row(.failedDNS, "failed_dns", .failed, "dns"),
        Row(.failedConnect, "failed_connect", .failed, "connect"),
        Row(.failedTLS, "failed_tls", .failed, "tls"),
        Row(.failedTimeout, "failed_timeout", .failed, "timeout"),
        Row(.failedReset, "failed_reset", .failed, "reset"),
        Row(.failedOther, "failed_other", .failed, "other"),
        Row(
            .resent, "resent",
            total: "requests_resent_total", "Copies sent once more, which the mirror may have got twice."),
        Row(.responses1xx, "responses_1xx", .responses, "1xx"),
        Row(.responses2xx, "responses_2xx", .responses, "2xx"),
        Row(.responses3xx, "responses_3xx", .responses, "3xx"),
        Row(.responses4xx, "responses_4xx", .responses, "4xx"),
        Row(.responses5xx, "responses_5xx", .responses, "5xx"),
        Row(.inFlight, "in_flight", gauge: "current_requests", "Copies under way to the mirror."),
        Row(.queued, "queued", gauge: "current_queue", "Copies that wait."),
        Row(
            .queuedBytes, "queued_bytes",
            gauge: "queue_bytes",
            "Memory held for copies, waiting or under way, and for payloads not whole yet."),
    ]

    static let mirror: [Row] = [
        Row(.bytesSent, "bytes_sent", total: "sent_bytes_total", "Bytes of requests sent to the mirror."),
        Row(
            .bytesReceived, "bytes_received",
            total: "received_bytes_total", "Bytes of answers read from the mirror."),
        Row(
            .mirrorConnections, "mirror_connections",
            total: "mirror_connections_total", "Connections made to the mirror."),
        Row(
            .mirrorCutOffs, "mirror_cut_offs",
            total: "mirror_cut_offs_total",
            "Times that all connections to the mirror were cut for the processor time they took."),
        Row(
            .mirrorAmbiguous, "mirror_ambiguous",
            total: "mirror_ambiguous_total",
            "Connections to the mirror ended because what came on them could be for another copy."),
    ]

    static let admin: [Row] = [
        Row(
            .adminCommands, "admin_commands",
            total: "admin_commands_total", "Commands taken on the admin sockets."),
        Row(
            .adminErrors, "admin_errors",
            total: "admin_errors_total", "Commands that were refused or failed."),
    ]
}
