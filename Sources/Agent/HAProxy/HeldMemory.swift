internal import Stats

/// What one connection holds of payloads that are not whole yet, charged to the same budget as copies.
struct HeldMemory {
    private var charged = 0

    /// Charges the difference to what is held now; false, and nothing changed, when the budget has no room for it.
    mutating func charge(_ held: Int, in context: WorkerContext) -> Bool {
        guard held != charged else { return true }
        if held > charged {
            guard context.budget.reserveBytes(held - charged, maxBytes: context.maxQueueBytes) else {
                return false
            }
        } else {
            context.budget.releaseBytes(charged - held)
        }
        context.counters.add(held - charged, to: .queuedBytes)
        charged = held
        return true
    }
}
