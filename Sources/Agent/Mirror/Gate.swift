internal import System

/// Decides whether a request is wanted at all, before it is acknowledged and before any work is spent on it.
struct Gate {
    private let settings: DestinationSettings
    /// Over all workers.
    private let bucket: RateBucket
    /// Nanoseconds on the monotonic clock.
    private let clock: () -> Int
    private var generator = SampleGenerator()
    private var ids: RequestIDs

    /// What becomes of a request before its ACK.
    enum Decision: Equatable {
        /// Mirror it, under this number.
        case selected(Int64)
        case skipped(Refusal)
    }

    init(
        _ settings: DestinationSettings, ids: RequestIDs, bucket: RateBucket,
        clock: @escaping () -> Int = { KernelClock.monotonic.nanoseconds }
    ) {
        (self.settings, self.ids, self.bucket, self.clock) = (settings, ids, bucket, clock)
    }

    /// Uses `settings` from the next request on.
    mutating func apply(_ settings: DestinationSettings) {
        self = Gate(settings, ids: ids, bucket: bucket, clock: clock)
    }

    /// Its questions cost nanoseconds: they are asked before the ACK, which tells the answer.
    mutating func decide(_ arguments: MirrorArguments, payload: RawSpan) -> Decision {
        if settings.isPaused { return .skipped(.paused) }
        if let method = arguments.method, !settings.methods.allows(method, in: payload) {
            return .skipped(.method)
        }
        if !settings.sampleRate.decides(using: &generator) { return .skipped(.sampled) }
        if let limit = settings.maxRate, !bucket.takes(limit, at: clock()) { return .skipped(.rate) }
        return .selected(ids.next())
    }
}
