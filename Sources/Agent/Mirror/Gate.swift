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
    /// There is neither a key to look for nor a rate to keep: one question for what most agents do without.
    private let isPlain: Bool
    private var generator = SampleGenerator()
    private var missedKey = false

    init(
        _ settings: DestinationSettings, bucket: RateBucket,
        clock: @escaping () -> Int = { KernelClock.monotonic.nanoseconds }
    ) {
        (self.settings, self.bucket, self.clock) = (settings, bucket, clock)
        keyed = settings.sampleRate.isPartial ? KeyedSample(settings) : nil
        isPlain = keyed == nil && settings.maxRate == nil
    }

    /// Uses `settings` from the next request on.
    mutating func apply(_ settings: DestinationSettings) {
        self = Gate(settings, bucket: bucket, clock: clock)
    }

    /// Why the request is not wanted; nil for one that is selected. The questions cost nanoseconds: they are asked before the ACK,
    /// which tells the answer. Only a sample by key looks at fields, up to the key: an ACK that told `id` of requests which are then
    /// left out would be worse.
    mutating func decide(_ arguments: MirrorArguments, payload: RawSpan) -> Refusal? {
        // Asked first: what has to be kept for a later question costs more than this one.
        guard isPlain else { return decideByKeyAndRate(arguments, payload) }
        if let refusal = refusal(arguments, payload) { return refusal }
        return settings.sampleRate.decides(using: &generator) ? nil : .sampled
    }

    // Out of the way of requests that need none of it.
    @inline(never)
    private mutating func decideByKeyAndRate(_ arguments: MirrorArguments, _ payload: RawSpan) -> Refusal? {
        if let refusal = refusal(arguments, payload) { return refusal }
        guard isSampled(arguments, payload) else { return .sampled }
        if let limit = settings.maxRate, !bucket.takes(limit, at: clock()) { return .rate }
        return nil
    }

    /// What costs least is asked first.
    @inline(__always)
    private func refusal(_ arguments: MirrorArguments, _ payload: RawSpan) -> Refusal? {
        if settings.isPaused { return .paused }
        if let method = arguments.method, !settings.methods.allows(method, in: payload) { return .method }
        return nil
    }

    /// The last request has none of the keys, and the settings do not say that it may lack one. Until it is asked.
    mutating func takeMissedKey() -> Bool {
        guard missedKey else { return false }
        missedKey = false
        return true
    }

    private mutating func isSampled(_ arguments: MirrorArguments, _ payload: RawSpan) -> Bool {
        if let keyed {
            if let hash = keyed.hash(of: arguments, in: payload) { return settings.sampleRate.includes(hash) }
            if keyed.missesKeys { missedKey = true }
        }
        return settings.sampleRate.decides(using: &generator)
    }
}
