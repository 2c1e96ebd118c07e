/// Which share of the copies of the last time has failed, by counters that are looked at now and then.
struct FailureWindow {
    /// Looks that the window is cut into: as exact is its share.
    static let steps = 60
    /// Copies that have to be in it: one that fails of two is no reason.
    static let fewestCopies: UInt64 = 20

    /// What had been counted at a moment, in milliseconds.
    struct Sample: Equatable {
        let time: Int
        let answered: UInt64
        let failed: UInt64
    }

    /// The oldest first, which is a window old, or where counting began.
    private var samples: [Sample] = []

    /// Counts from `since` on, for `window`; all in milliseconds.
    mutating func take(_ sample: Sample, window: Int, since: Int) {
        samples.removeAll { $0.time < since }
        samples.append(sample)
        let past = samples.lastIndex { $0.time <= sample.time - window } ?? 0
        samples.removeFirst(past)
    }

    /// Whether at least `share` of them has failed.
    func isOver(_ share: SampleRate) -> Bool {
        guard let first = samples.first, let last = samples.last else { return false }
        let failed = last.failed &- first.failed
        let all = failed &+ (last.answered &- first.answered)
        guard failed > 0, all >= Self.fewestCopies else { return false }
        return failed.multipliedFullWidth(by: UInt64(SampleRate.all.thousandths))
            >= all.multipliedFullWidth(by: UInt64(share.thousandths))
    }
}
