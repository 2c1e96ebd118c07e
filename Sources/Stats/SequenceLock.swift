internal import Glibc
internal import Synchronization

/// Lets other threads read a worker's values as they are between two passes of its loop.
///
/// While the loop sleeps, the sequence number is even and stays: whoever reads copies the values and looks whether it still is
/// the same. A loop that is too busy for that is asked to make the copy itself at the end of its pass,
/// which costs it one load per pass while nobody asks.
final class SequenceLock: Sendable {
    /// Looks at a busy worker before its values are taken as they come; each look is `pause` microseconds apart, by the
    /// timer slack of the kernel some 70: about 0.7 s, since a busy machine may give the worker no processor for as long.
    private static let patience = 10_000
    private static let pause: useconds_t = 20

    /// Odd while watchers are called.
    private let number = Atomic<UInt64>(0)
    private let isWanted = Atomic<Bool>(false)
    private let published = Mutex<Snapshot?>(nil)
    /// The pass in which a worker was last waited for in vain: it hangs, and nobody waits for it again.
    private let stuckPass = Atomic<UInt64>(.max)

    /// The worker's thread only.
    func begin() {
        number.store(number.load(ordering: .relaxed) | 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
    }

    /// The worker's thread only.
    func end(_ copy: () -> Snapshot) {
        let sequence = number.load(ordering: .relaxed)
        guard sequence & 1 == 1 else { return }
        if isWanted.load(ordering: .relaxed) {
            isWanted.store(false, ordering: .relaxed)
            let values = copy()
            published.withLock { $0 = values }
        }
        number.store(sequence + 1, ordering: .releasing)
    }

    /// Asks the worker for its values, for `read` to find. One reader at a time, on any other thread.
    func ask() {
        published.withLock { $0 = nil }
        guard number.load(ordering: .relaxed) & 1 == 1 else { return }
        isWanted.store(true, ordering: .relaxed)
    }

    /// Waits for what `ask` has asked for. The same thread.
    func read(_ copy: () -> Snapshot) -> Snapshot {
        let pass = number.load(ordering: .relaxed)
        for _ in 0..<(pass == stuckPass.load(ordering: .relaxed) ? 1 : Self.patience) {
            if let values = asleep(copy) ?? published.withLock({ $0.take() }) { return values }
            isWanted.store(true, ordering: .relaxed)
            usleep(Self.pause)
        }
        let last = number.load(ordering: .relaxed)
        // An even one is of a loop that sleeps by now.
        if last & 1 == 1 { stuckPass.store(last, ordering: .relaxed) }
        return copy()
    }

    private func asleep(_ copy: () -> Snapshot) -> Snapshot? {
        let before = number.load(ordering: .acquiring)
        guard before & 1 == 0 else { return nil }
        let values = copy()
        atomicMemoryFence(ordering: .acquiring)
        return number.load(ordering: .relaxed) == before ? values : nil
    }
}
