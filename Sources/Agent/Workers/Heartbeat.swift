internal import Synchronization

/// Asked by the main thread, answered by a worker's loop in its next pass.
final class Heartbeat: Sendable {
    private let owed = Atomic(false)

    /// True from a question to its answer.
    var isOwed: Bool { owed.load(ordering: .relaxed) }

    func ask() { owed.store(true, ordering: .relaxed) }
    func answer() { owed.store(false, ordering: .relaxed) }
}
