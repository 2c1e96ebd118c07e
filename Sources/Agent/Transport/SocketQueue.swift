/// Which of the sockets that are ready are served in this pass of the loop, and which have to wait for the next one: one queue for
/// all of a transport's sockets, by descriptor number.
final class SocketQueue {
    private let budget: PassBudget
    /// Sockets that come first in this pass; those of them that had to wait all the same; and all others that had to.
    private var owed: Set<Int32> = []
    private var left: Set<Int32> = []
    private var waiting: Set<Int32> = []

    init(budget: PassBudget) { self.budget = budget }

    /// Sockets that had to wait come first, and those that had to wait longer ahead of the others. What is owed and was not ready is
    /// forgotten: it may be closed.
    func beginPass() {
        budget.beginPass()
        if left.isEmpty {
            (owed, waiting) = (waiting, [])
        } else {
            (owed, left) = (left, [])
        }
    }

    /// Whether `socket`, which is ready, may be served now. Past the budget of the pass, it is left for the next one: the loop is
    /// level-triggered and comes back to it.
    func serves(_ socket: Int32) -> Bool {
        // Without this, the loop would offer the same sockets first in each pass, and the last ones would starve.
        let isOwed = !owed.isEmpty && owed.remove(socket) != nil
        if isOwed || owed.isEmpty, budget.allowsSocket() { return true }
        if isOwed { left.insert(socket) } else { waiting.insert(socket) }
        return false
    }
}
