internal import Synchronization

/// What all workers together may hold, counted in atomics that all of them share.
final class DeliveryBudget: Sendable {
    /// Transfers to the current destination, and to those that it replaced.
    private let current = Atomic<Int>(0)
    private let retired = Atomic<Int>(0)
    private let queued = Atomic<Int>(0)
    private let bytes = Atomic<Int>(0)
    /// Of frames that have not come or gone whole.
    private let frames = Atomic<Int>(0)

    /// Takes a place in the queue and `size` bytes of memory; false, and nothing taken, when either is used up.
    func reserveQueue(size: Int, maxQueue: Int, maxBytes: Int) -> Bool {
        guard Self.reserve(1, of: queued, upTo: maxQueue) else { return false }
        guard Self.reserve(size, of: bytes, upTo: maxBytes) else {
            queued.subtract(1, ordering: .relaxed)
            return false
        }
        return true
    }

    /// Gives back the place in the queue. The bytes stay taken until `releaseBytes`: a transfer holds them too.
    func releaseQueue() { queued.subtract(1, ordering: .relaxed) }

    /// Takes `size` bytes of memory for a payload that is not whole yet; false, and nothing taken, when they are used up.
    func reserveBytes(_ size: Int, maxBytes: Int) -> Bool { Self.reserve(size, of: bytes, upTo: maxBytes) }

    /// Gives back memory.
    func releaseBytes(_ size: Int) { bytes.subtract(size, ordering: .relaxed) }

    /// Takes `size` bytes of memory for frames that have not come or gone whole; false, and nothing taken, when they are used
    /// up.
    func reserveFrames(_ size: Int, maxBytes: Int) -> Bool { Self.reserve(size, of: frames, upTo: maxBytes) }

    /// Gives back memory of frames.
    func releaseFrames(_ size: Int) { frames.subtract(size, ordering: .relaxed) }

    /// Takes one transfer to the current destination; false when all are taken. Those to earlier ones come on top.
    func reserveTransfer(maxInFlight: Int) -> Bool { Self.reserve(1, of: current, upTo: maxInFlight) }

    /// Takes one transfer to an earlier destination; false when half as many as may be under way are such.
    func reserveRetiredTransfer(maxInFlight: Int) -> Bool {
        Self.reserve(1, of: retired, upTo: max(1, maxInFlight / 2))
    }

    /// Gives back one transfer to the current destination.
    func releaseTransfer() { current.subtract(1, ordering: .relaxed) }

    /// Gives back one transfer to an earlier destination.
    func releaseRetiredTransfer() { retired.subtract(1, ordering: .relaxed) }

    /// `count` transfers under way are to an earlier destination from now on.
    func retire(_ count: Int) {
        retired.add(count, ordering: .relaxed)
        current.subtract(count, ordering: .relaxed)
    }

    /// Transfers to earlier destinations past `maxInFlight`: somebody has to give up so many.
    func excess(maxInFlight: Int) -> Int { max(0, retired.load(ordering: .relaxed) - maxInFlight) }

    private static func reserve(_ amount: Int, of atomic: borrowing Atomic<Int>, upTo limit: Int) -> Bool {
        // Not add-and-undo: while it is undone, others would find less room than there is.
        var current = atomic.load(ordering: .relaxed)
        while current <= limit - amount {
            let (exchanged, original) = atomic.weakCompareExchange(
                expected: current, desired: current + amount, ordering: .relaxed)
            if exchanged { return true }
            current = original
        }
        return false
    }
}
