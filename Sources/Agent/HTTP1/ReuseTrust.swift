/// Whether a mirror's connections are used again. Some mirrors end each one after its answer and do not say so: the copy that is
/// sent meanwhile is lost, or sent twice.
struct ReuseTrust {
    /// Copies lost in this way, less those answered on a kept connection, after which there is no trust: one that restarts is let off
    /// with a few.
    private static let mostLost = 4
    /// Seconds until it is tried again: doubled each time nothing has become of that.
    private static let pauses = 1.0...64.0

    private var lost = 0
    private var pause = pauses.lowerBound
    private var distrustedUntil = -Double.infinity

    /// A copy on a kept connection was answered.
    mutating func wasAnswered() {
        lost = max(0, lost - 1)
        pause = Self.pauses.lowerBound
    }

    /// A kept connection has ended without a byte of an answer to its copy. `now` is on the monotonic clock, in seconds.
    mutating func wasLost(at now: Double) {
        lost += 1
        guard lost >= Self.mostLost else { return }
        lost = 0
        distrustedUntil = now + pause
        pause = min(Self.pauses.upperBound, 2 * pause)
    }

    /// A connection whose answer has come may get another copy.
    func allows(at now: Double) -> Bool { now >= distrustedUntil }
}
