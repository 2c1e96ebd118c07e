internal import Synchronization

/// The newest settings on their way to one worker. Whoever is told that a change is made can rely on it: the worker looks here
/// before each batch of requests, and not only when its loop gets to the message that wakes it.
final class SettingsBox: Sendable {
    private let isFull = Atomic<Bool>(false)
    private let settings = Mutex<Settings?>(nil)

    /// Leaves new settings; they replace any that were not taken. Any thread.
    func put(_ new: Settings) {
        settings.withLock { $0 = new }
        isFull.store(true, ordering: .releasing)
    }

    /// Takes what is there; nil when there is nothing new. The worker's thread only.
    func take() -> Settings? {
        guard isFull.load(ordering: .acquiring) else { return nil }
        isFull.store(false, ordering: .relaxed)
        return settings.withLock { $0.take() }
    }
}
