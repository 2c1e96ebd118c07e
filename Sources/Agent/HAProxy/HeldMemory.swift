internal import Stats
internal import System

/// What one connection holds between two rounds, charged to the budgets of all.
struct HeldMemory {
    /// Of payloads that come in fragments: charged to the same budget as copies.
    private var fragments = 0
    /// Of a frame that has begun to come, and of those that the peer does not take, past `free`. They have a budget of their
    /// own: when a mirror hangs and copies have filled theirs, frames must still become whole, or HAProxy would lose its ACKs.
    private var frames = 0

    /// Bytes of frames that each connection may hold without a charge: one of the usual size. Strangers that fill the budget
    /// take nothing from a HAProxy whose frames are cut by a read. `--max-connections` bounds the sum; where the kernel bounds
    /// memory, that is no more than copies may take.
    static func free(_ settings: Settings) -> Int {
        let usual = 16 << 10
        return settings.memoryLimit.map { min(usual, $0.forCopies / settings.maxConnections) } ?? usual
    }

    /// Bytes of frames past that, over all connections: as much as copies have, 16 MiB at least, and no more than the kernel
    /// leaves room for.
    static func mostOfFrames(_ settings: Settings) -> Int {
        min(max(settings.maxQueueBytes, 16 << 20), settings.memoryLimit?.forCopies ?? .max)
    }

    /// Charges the difference to the fragments held now; false, and nothing changed, when the budget has no room for it.
    mutating func charge(fragments held: Int, in context: WorkerContext) -> Bool {
        guard context.memory.copies.change(from: fragments, to: held, upTo: context.maxQueueBytes) else {
            return false
        }
        context.counters.add(held - fragments, to: .queuedBytes)
        fragments = held
        return true
    }

    /// The same for frames.
    mutating func charge(frames held: Int, in context: WorkerContext) -> Bool {
        let held = max(0, held - context.freeFrameBytes)
        guard held != frames else { return true }
        guard context.memory.frames.change(from: frames, to: held, upTo: context.maxFrameBytes) else {
            return false
        }
        frames = held
        return true
    }

    /// Gives all of it back.
    mutating func release(in context: WorkerContext) {
        _ = charge(fragments: 0, in: context)
        _ = charge(frames: 0, in: context)
    }
}
