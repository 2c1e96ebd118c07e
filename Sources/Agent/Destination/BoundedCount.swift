internal import Synchronization

/// What threads hold of something together. Each call brings the bound along: it may change at any time.
final class BoundedCount: Sendable {
    private let value = Atomic<Int>(0)

    /// What is held now.
    var held: Int { value.load(ordering: .relaxed) }

    /// Takes `amount`; false, and nothing taken, when more than `bound` would be held then.
    func take(_ amount: Int = 1, upTo bound: Int) -> Bool {
        // Not add-and-undo: while it is undone, others would find less room than there is.
        var current = held
        while current <= bound - amount {
            let (exchanged, original) = value.weakCompareExchange(
                expected: current, desired: current + amount, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }

    /// Takes `amount`, past any bound.
    func take(anyway amount: Int) { value.add(amount, ordering: .relaxed) }

    /// Holds `new` in place of `old`; false, and nothing changed, when that is more, and more than `bound` would be held then.
    func change(from old: Int, to new: Int, upTo bound: Int) -> Bool {
        if new > old { return take(new - old, upTo: bound) }
        giveBack(old - new)
        return true
    }

    /// Gives back `amount`.
    func giveBack(_ amount: Int = 1) { value.subtract(amount, ordering: .relaxed) }
}
