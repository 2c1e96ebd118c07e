/// Which of the sockets that are ready are served in this pass of the loop, and which have to wait for the next one: one queue for
/// all of a transport's sockets, by descriptor number.
final class SocketQueue {
    private let budget: PassBudget
    /// Sockets left for the next pass, and those left over from the last one.
    private var waiting: Set<Int32> = []
    private var owed: Set<Int32> = []

    init(budget: PassBudget) { self.budget = budget }

    /// Sockets that had to wait come first.
    func beginPass() {
        (owed, waiting) = (waiting, [])
    }

    /// Whether `socket`, which is ready, may be served now. Past the budget of the pass, it is left for the next one: the loop is
    /// level-triggered and comes back to it.
    func serves(_ socket: Int32) -> Bool {
        // Without this, the loop would offer the same sockets first in each pass, and the last ones would starve.
        guard owed.isEmpty || owed.remove(socket) != nil, budget.allowsSocket() else {
            waiting.insert(socket)
            return false
        }
        return true
    }
}
