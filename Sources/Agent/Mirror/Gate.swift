internal import SPOP

/// Decides whether a request is wanted at all, before it is acknowledged and before any work is spent on it.
struct Gate {
    private let isPaused: Bool
    private let methods: MethodFilter
    private let sampleRate: SampleRate
    private var generator = SampleGenerator()

    init(_ settings: Settings) {
        isPaused = settings.isPaused
        methods = settings.methods
        sampleRate = settings.sampleRate
    }

    /// Nil lets the copy pass.
    mutating func refusal(_ arguments: MirrorArguments, payload: RawSpan) -> Refusal? {
        if isPaused { return .paused }
        if let method = arguments.method, !methods.allows(method, in: payload) { return .method }
        if !sampleRate.decides(using: &generator) { return .sampled }
        return nil
    }
}
