internal import SPOP
internal import System

/// Decides whether a request is wanted at all, before it is acknowledged and before any work is spent on it.
struct Gate {
    private let settings: DestinationSettings
    /// Nil when the sample goes by chance, or has all or nothing: then no key is looked for.
    private let keyed: KeyedSample?
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
        keyed = settings.sampleRate.isPartial ? KeyedSample(settings) : nil
    }

    /// Uses `settings` from the next request on.
    mutating func apply(_ settings: DestinationSettings) {
        self = Gate(settings, ids: ids, bucket: bucket, clock: clock)
    }

    /// Its questions cost nanoseconds: they are asked before the ACK, which tells the answer. Only a sample by key looks at fields,
    /// up to the key: an ACK that told `id` of requests which are then left out would be worse. Calls `missesKey` when the request
    /// has no key, and the settings do not say that it may lack one.
    mutating func decide(
        _ arguments: MirrorArguments, payload: RawSpan, missesKey: () -> Void = {}
    ) -> Decision {
        if settings.isPaused { return .skipped(.paused) }
        if let method = arguments.method, !settings.methods.allows(method, in: payload) {
            return .skipped(.method)
        }
        let isSampled =
            if let keyed {
                isSampled(arguments, payload, by: keyed, missesKey)
            } else {
                settings.sampleRate.decides(using: &generator)
            }
        if !isSampled { return .skipped(.sampled) }
        if let limit = settings.maxRate, !bucket.takes(limit, at: clock()) { return .skipped(.rate) }
        return .selected(ids.next())
    }

    private mutating func isSampled(
        _ arguments: MirrorArguments, _ payload: RawSpan, by keyed: KeyedSample, _ missesKey: () -> Void
    ) -> Bool {
        if let hash = keyed.hash(of: arguments, in: payload) { return settings.sampleRate.includes(hash) }
        if keyed.missesKeys { missesKey() }
        return settings.sampleRate.decides(using: &generator)
    }
}
