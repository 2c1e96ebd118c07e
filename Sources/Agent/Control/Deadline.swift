internal import System

/// When something ends by itself. The monotonic clock decides; the clock on the wall, which somebody may set meanwhile, is only
/// what it is called by.
struct Deadline {
    /// In seconds.
    let monotonic: Double
    /// In seconds since 1970, by the clock of its beginning.
    private let wall: Int

    /// `duration` from now, which the clock on the wall calls `now`, in seconds since 1970.
    init(after duration: Duration, at now: Int) {
        monotonic = MonotonicClock.now + duration.inSeconds
        wall = Self.end(duration.inSeconds, after: now)
    }

    /// Seconds until then; 0 from then on.
    var left: Double { max(0, monotonic - MonotonicClock.now) }

    /// The same, for people and scripts: whole seconds, rounded up.
    var secondsLeft: Int { Int(left.rounded(.up)) }

    /// When that is by a clock that says `now`, both in seconds since 1970, from 0 to the end of the year 9999.
    func wall(at now: Int) -> Int {
        let end = Self.end(left, after: now)
        // As it was said, unless the clock was set meanwhile: seconds are rounded in two places.
        return abs(end - wall) <= 2 ? wall : end
    }

    /// No earlier than `seconds` from `now`, if there is such a time.
    private static func end(_ seconds: Double, after now: Int) -> Int {
        min(max(0, now + Int(seconds.rounded(.up))), 253_402_300_799)
    }
}
