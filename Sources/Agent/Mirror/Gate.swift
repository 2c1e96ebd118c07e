internal import SPOP

/// Decides whether a request is wanted at all, before any work is spent on it.
struct Gate {
    let isPaused: Bool
    let methods: MethodFilter

    init(_ settings: Settings) {
        isPaused = settings.isPaused
        methods = settings.methods
    }

    /// Nil lets the copy pass.
    func refusal(_ arguments: MirrorArguments, payload: RawSpan) -> Refusal? {
        if isPaused { return .paused }
        if let method = arguments.method, !methods.allows(method, in: payload) { return .method }
        return nil
    }
}
