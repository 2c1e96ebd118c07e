internal import Stats

/// How many examples of each end one worker keeps for `show errors` in a second: what a flood costs beyond its count is bounded by
/// this. On the worker's thread.
struct ExampleBudget {
    /// Of each reason.
    static let perSecond = 8

    /// By the end's counter.
    private var windows = [(start: Double, taken: Int)](
        repeating: (-.infinity, 0), count: Counter.allCases.count)

    /// Whether to keep one that ended in `end`; if so, it counts. `now` is on the monotonic clock, in seconds.
    mutating func take(_ end: Counter, now: Double) -> Bool {
        if now - windows[end.rawValue].start >= 1 { windows[end.rawValue] = (now, 0) }
        guard windows[end.rawValue].taken < Self.perSecond else { return false }
        windows[end.rawValue].taken += 1
        return true
    }
}
