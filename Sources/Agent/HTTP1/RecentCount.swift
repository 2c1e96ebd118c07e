/// How often something happened in the last ten to twenty seconds.
struct RecentCount {
    /// In seconds.
    private static let period = 10.0

    private var began = -Double.infinity
    private var (current, before) = (0, 0)

    /// `now` is on the monotonic clock, in seconds, and never less than before.
    mutating func add(at now: Double) {
        turn(now)
        current += 1
    }

    mutating func value(at now: Double) -> Int {
        turn(now)
        return current + before
    }

    private mutating func turn(_ now: Double) {
        guard now - began >= Self.period else { return }
        before = now - began < 2 * Self.period ? current : 0
        (current, began) = (0, now)
    }
}
