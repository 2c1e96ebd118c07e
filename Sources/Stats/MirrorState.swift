/// What an agent does for one destination, in the words of every place that shows it. Of those that hold, the first counts.
package enum MirrorState: String, CaseIterable, Sendable {
    /// The agent ends; it still brings copies to the mirror.
    case stopping = "stopping"
    /// Everything is acknowledged, nothing is sent.
    case paused = "paused"
    /// Copies were tried, and no connection came about.
    case unreachable = "unreachable"
    /// More copies failed or were dropped than may.
    case degraded = "degraded"
    /// HAProxy sends no requests.
    case idle = "idle"
    /// None of these.
    case mirroring = "mirroring"
}
