/// What keeps copies from one destination, in the words of every place that shows it.
package struct BreakerSnapshot: Sendable, Equatable {
    /// How far the way is open.
    package enum State: String, CaseIterable, Sendable {
        /// All copies are taken.
        case closed = "closed"
        /// A try got through: one copy at a time is taken.
        case halfOpen = "half-open"
        /// No copy is taken but one that tries, now and then.
        case open = "open"
    }

    /// Why it opened.
    package enum Reason: String, CaseIterable, Sendable {
        /// No connection came about.
        case unreachable = "unreachable"
        /// Too many copies got a connection and no answer.
        case failures = "failures"
    }

    package let state: State
    /// Nil while it is closed.
    package let reason: Reason?
    /// When it last changed, on the monotonic clock, in seconds. At the start, and with a change of the URL or of the setting, it is
    /// closed.
    package let since: Double
    /// The same in whole seconds since 1970.
    package let changedAt: Int

    /// One moment.
    package init(state: State, reason: Reason?, since: Double, changedAt: Int) {
        (self.state, self.reason, self.since, self.changedAt) = (state, reason, since, changedAt)
    }
}
