internal import Stats

/// Why a copy is not wanted, although it could be sent.
enum SkipReason: Hashable {
    /// Mirroring is paused.
    case paused

    var counter: Counter {
        switch self {
        case .paused: .skippedPaused
        }
    }
}

/// Decides whether a request is mirrored at all.
struct Gate {
    let settings: Settings

    /// Nil lets the copy pass.
    func refusal() -> SkipReason? {
        settings.isPaused ? .paused : nil
    }
}
