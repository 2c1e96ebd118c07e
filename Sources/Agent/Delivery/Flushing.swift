internal import System

/// Copies of one worker that an operator has given up. They go in steps, as thousands at once would hold back HAProxy's frames.
final class Flushing {
    /// Transfers given up between two looks at the clock.
    private static let step = 4

    /// What is still to be given up.
    let outbox: Outbox
    /// Given up so far.
    private var count = 0
    /// Who asked, and how many had been given up then.
    private var askers: [(before: Int, done: (Int) -> Void)] = []

    /// `outbox` is empty.
    init(_ outbox: Outbox) { self.outbox = outbox }

    var isOver: Bool { askers.isEmpty }

    /// Gives up all copies of `other`, and calls `done` with their number once the last one is gone.
    func take(_ other: Outbox, _ done: @escaping (Int) -> Void) {
        outbox.takeOver(other)
        askers.append((count, done))
        endWhenEmpty()
    }

    /// Gives up some: `most` of those that wait, and those under way for as long as `pass` allows.
    func goOn(_ transport: any Transport, _ pass: PassBudget, upTo most: Int) {
        let start = MonotonicClock.now
        count += outbox.drop(receivedBefore: .infinity, .flushed, upTo: most)
        repeat {
            for _ in 0..<Self.step where outbox.abandonLast(on: transport, .flushed) { count += 1 }
        } while !outbox.underWay.isEmpty && pass.allowsStart(since: start)
        endWhenEmpty()
    }

    /// Drops what is left, reason `shutdown`; returns how many.
    func abandon(_ transport: any Transport) -> Int {
        let dropped = outbox.abandon(transport)
        endWhenEmpty()
        return dropped
    }

    private func endWhenEmpty() {
        guard outbox.isEmpty else { return }
        let ended = askers
        askers = []
        // Only the first asker gets the number: the copies of later ones are among them.
        for (index, asker) in ended.enumerated() { asker.done(index == 0 ? count - asker.before : 0) }
    }
}
