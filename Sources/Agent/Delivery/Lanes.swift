internal import DequeModule

/// The copies that wait, those for the current destination apart from those for earlier ones: a mirror that has been given up
/// because it hangs or is gone must not hold up the one that replaces it.
struct Lanes {
    /// Whether a copy is for the current destination.
    enum Kind { case current, retired }

    /// Copies for one of the two, the oldest first.
    struct Lane {
        var queue = Deque<MirrorRequest>()
        var probing = Probing()
        /// Transfers under way.
        var active = 0

        /// A transfer starts.
        mutating func began() {
            active += 1
            probing.started()
        }

        /// A transfer is over.
        mutating func ended(_ outcome: Outcome, now: Double) {
            active -= 1
            probing.ended(outcome, now: now)
        }
    }

    var current = Lane()
    var retired = Lane()

    var isEmpty: Bool { current.queue.isEmpty && retired.queue.isEmpty }

    var count: Int { current.queue.count + retired.queue.count }

    subscript(kind: Kind) -> Lane {
        get { kind == .current ? current : retired }
        _modify {
            if kind == .current { yield &current } else { yield &retired }
        }
    }

    /// The destination has changed: all that is here is for an earlier one now. Returns how many transfers that makes.
    mutating func retire() -> Int {
        let count = current.active
        if retired.queue.isEmpty {
            swap(&retired.queue, &current.queue)
        } else {
            retired.queue.append(contentsOf: current.queue)
        }
        retired.active += count
        retired.probing = current.probing
        current = Lane()
        return count
    }

    /// Takes out a copy that came before `time`, if there is one at the head of a lane.
    mutating func popFirst(receivedBefore time: Double) -> MirrorRequest? {
        if let first = retired.queue.first, first.header.receivedAt < time { return retired.queue.popFirst() }
        if let first = current.queue.first, first.header.receivedAt < time { return current.queue.popFirst() }
        return nil
    }

    /// True when a copy waits for nothing but a place among the transfers.
    func mayStart(now: Double) -> Bool {
        [current, retired].contains { !$0.queue.isEmpty && $0.probing.allowance(1, now: now) > 0 }
    }

    /// Seconds until a copy may try an unreachable mirror; nil when the end of a transfer will tell.
    func nextLook(now: Double) -> Double? {
        [current, retired].compactMap { $0.queue.isEmpty ? nil : $0.probing.nextLook(now: now) }.min()
    }
}
