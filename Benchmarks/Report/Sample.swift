/// One run of one agent: the raw values.
struct Sample {
    /// `paused`, `mirroring` or the name of a yardstick.
    let subject: String
    /// ACKs, or answers that wrk got.
    var requests = 0
    var perSecond = 0.0
    /// Microseconds; wrk tells no p99.9.
    var p50 = 0.0
    var p99 = 0.0
    var p999: Double?

    /// What the agent spent, from the first frame to the end of the last copy.
    var cpuSeconds = 0.0
    /// KiB: after the start, the most ever, and when all was done.
    var idleMemory = 0
    var peakMemory = 0
    var finalMemory = 0

    var load: LoadResult?
    var wrk: WrkResult?
    var counters: AgentCounters?
    /// What the mirror says it got.
    var mirror: MirrorCounts?
    /// Nothing was queued or under way at the end.
    var isDrained = true
    /// What does not add up.
    var findings: [String] = []

    init(_ subject: Subject) { self.subject = subject.name }

    /// Microseconds of CPU time for each request.
    var cpuPerRequest: Double { requests > 0 ? cpuSeconds * 1e6 / Double(requests) : 0 }
    /// The same for each copy that the mirror got; nil when it got none.
    var cpuPerCopy: Double? {
        guard let copies = mirror?.requests, copies > 0 else { return nil }
        return cpuSeconds * 1e6 / Double(copies)
    }
}
