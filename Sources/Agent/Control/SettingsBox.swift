internal import Synchronization

/// The newest settings and destinations, on their way to one worker. Whoever is told that a change is made can rely on it: the
/// worker looks here after each read, and not only when its loop gets to the message that wakes it.
final class SettingsBox: Sendable {
    typealias Content = (settings: Settings, destinations: [Destination])

    private let isFull = Atomic<Bool>(false)
    private let content = Mutex<Content?>(nil)

    /// Leaves new settings; they replace any that were not taken. Any thread.
    func put(_ new: Content) {
        content.withLock { $0 = new }
        isFull.store(true, ordering: .releasing)
    }

    /// Takes what is there; nil when there is nothing new. The worker's thread only.
    func take() -> Content? {
        guard isFull.load(ordering: .acquiring) else { return nil }
        isFull.store(false, ordering: .relaxed)
        return content.withLock { $0.take() }
    }
}
