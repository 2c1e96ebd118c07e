/// What a load generator has seen.
struct LoadResult {
    var acknowledged = 0
    /// ACKs per second of the time in which frames were sent.
    var perSecond = 0.0
    /// Microseconds, from the moment a frame was, or should have been, sent.
    var p50 = 0.0
    var p99 = 0.0
    var p999 = 0.0
    /// Frames that were never acknowledged.
    var lost = 0
    /// Frames of an open loop that could not be sent in time: too many were under way.
    var unsent = 0
    /// Connections that the agent ended, and frames that are no ACK of anything sent.
    var broken = 0
    var unexpected = 0
    /// What the generator itself spent of one CPU, 0 to 1.
    var generatorLoad = 0.0

    /// What should be 0, by name.
    var faults: [(name: String, count: Int)] {
        [("lost", lost), ("unsent", unsent), ("broken", broken), ("unexpected", unexpected)]
            .filter { $0.1 > 0 }
    }
}
