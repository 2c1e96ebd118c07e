/// Decides whether a request is wanted at all, before it is acknowledged and before any work is spent on it.
struct Gate {
    private let settings: DestinationSettings
    private var generator = SampleGenerator()
    private var ids: RequestIDs

    /// What becomes of a request before its ACK.
    enum Decision: Equatable {
        /// Mirror it, under this number.
        case selected(Int64)
        case skipped(Refusal)
    }

    init(_ settings: DestinationSettings, ids: RequestIDs) {
        (self.settings, self.ids) = (settings, ids)
    }

    /// Uses `settings` from the next request on.
    mutating func apply(_ settings: DestinationSettings) { self = Gate(settings, ids: ids) }

    /// Its questions cost nanoseconds: they are asked before the ACK, which tells the answer.
    mutating func decide(_ arguments: MirrorArguments, payload: RawSpan) -> Decision {
        if settings.isPaused { return .skipped(.paused) }
        if let method = arguments.method, !settings.methods.allows(method, in: payload) {
            return .skipped(.method)
        }
        if !settings.sampleRate.decides(using: &generator) { return .skipped(.sampled) }
        return .selected(ids.next())
    }
}
