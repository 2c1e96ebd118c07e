/// Keeps one worker from connecting in vain: while the mirror cannot be reached, copies wait in the queue and one at a time
/// tries. A refused connection costs as much as a delivered copy, and a mirror that restarts gets what waited for it.
struct Probing {
    /// Seconds between one failed try and the next.
    static let interval = 0.01

    private var isActive = false
    private var nextTry = 0.0
    private var isTrying = false
    /// When the hold ends.
    private var heldUntil = -Double.infinity

    /// How many transfers may start now, at most `limit`.
    func allowance(_ limit: Int, now: Double) -> Int {
        guard now >= heldUntil else { return 0 }
        guard isActive else { return limit }
        return isTrying || now < nextTry ? 0 : min(1, limit)
    }

    /// When to look again, if nothing else happens; nil when a transfer's end will tell.
    func nextLook(now: Double) -> Double? {
        if now < heldUntil { return heldUntil - now }
        return isActive && !isTrying ? max(0, nextTry - now) : nil
    }

    /// Nothing may start before `time`, whatever becomes of the transfers that are under way.
    mutating func hold(until time: Double) { heldUntil = time }

    /// A transfer starts.
    mutating func started() { isTrying = isActive }

    /// A transfer is over. Any that got a connection shows that the mirror is there.
    mutating func ended(_ outcome: Outcome, now: Double) {
        guard case .failed(let reason) = outcome, reason.isUnreachable else {
            (isActive, isTrying) = (false, false)
            return
        }
        isActive = true
        isTrying = false
        nextTry = now + Self.interval
    }
}
