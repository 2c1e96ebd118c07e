/// Bytes of memory that all workers together hold, for all destinations.
final class MemoryBudget: Sendable {
    /// Of copies that wait or are under way, and of payloads that are not whole yet.
    let copies = BoundedCount()
    /// Of frames that have not come or gone whole.
    let frames = BoundedCount()
}
