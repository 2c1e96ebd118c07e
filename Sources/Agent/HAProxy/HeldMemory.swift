internal import Stats

/// What one connection holds of frames and payloads that are not whole yet, charged to the budgets of all.
struct HeldMemory {
    /// Of payloads that come in fragments: charged to the same budget as copies.
    private var fragments = 0
    /// Of a frame that has begun. It has a budget of its own: when a mirror hangs and copies have filled theirs, frames must
    /// still become whole, or HAProxy would lose its ACKs.
    private var frame = 0

    /// What the beginnings of frames may hold, over all connections. 16 MiB are a thousand frames of the usual size.
    private static func mostOfFrames(_ context: WorkerContext) -> Int { max(context.maxQueueBytes, 16 << 20) }

    /// Charges the difference to the fragments held now; false, and nothing changed, when the budget has no room for it.
    mutating func charge(fragments held: Int, in context: WorkerContext) -> Bool {
        if held > fragments {
            guard context.budget.reserveBytes(held - fragments, maxBytes: context.maxQueueBytes) else {
                return false
            }
        } else {
            context.budget.releaseBytes(fragments - held)
        }
        context.counters.add(held - fragments, to: .queuedBytes)
        fragments = held
        return true
    }

    /// The same for a frame that has begun.
    mutating func charge(frame held: Int, in context: WorkerContext) -> Bool {
        if held > frame {
            guard context.budget.reserveFrame(held - frame, maxBytes: Self.mostOfFrames(context)) else {
                return false
            }
        } else {
            context.budget.releaseFrame(frame - held)
        }
        frame = held
        return true
    }

    /// Gives all of it back.
    mutating func release(in context: WorkerContext) {
        _ = charge(fragments: 0, in: context)
        _ = charge(frame: 0, in: context)
    }
}
