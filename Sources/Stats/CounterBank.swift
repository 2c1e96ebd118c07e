internal import Synchronization

/// A set of counters: written by one thread alone, read by any.
///
/// A single writer needs no atomic addition, only loads and stores that do not tear: an increment costs what an
/// ordinary one does. The slots start and end on cache lines of their own, so two workers never share one.
@safe package final class CounterBank: Sendable {
    private static let cacheLine = 64
    nonisolated(unsafe) private let slots: UnsafeMutablePointer<Atomic<UInt64>>

    /// All slots at 0.
    package init() {
        let stride = MemoryLayout<Atomic<UInt64>>.stride
        let bytes = (Counter.allCases.count * stride + Self.cacheLine - 1) / Self.cacheLine * Self.cacheLine
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.cacheLine)
        unsafe slots = memory.bindMemory(to: Atomic<UInt64>.self, capacity: Counter.allCases.count)
        for index in 0..<Counter.allCases.count { unsafe (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe slots.deinitialize(count: Counter.allCases.count)
        unsafe slots.deallocate()
    }

    /// Adds to a counter, or raises a gauge. The writer's thread only.
    @inline(__always)
    package func add(_ amount: Int = 1, to counter: Counter) {
        let slot = unsafe slots + counter.rawValue
        let value = unsafe slot.pointee.load(ordering: .relaxed)
        unsafe slot.pointee.store(value &+ UInt64(bitPattern: Int64(amount)), ordering: .relaxed)
    }

    /// Gives a counter a value. The writer's thread only.
    func set(_ value: UInt64, of counter: Counter) {
        unsafe slots[counter.rawValue].store(value, ordering: .relaxed)
    }

    /// Lowers a gauge. The writer's thread only.
    @inline(__always)
    package func subtract(_ amount: Int = 1, from gauge: Counter) { add(-amount, to: gauge) }

    /// The value now. Any thread.
    package func value(of counter: Counter) -> UInt64 {
        unsafe slots[counter.rawValue].load(ordering: .relaxed)
    }
}
