/// Random numbers for sampling: xoshiro256** (Blackman and Vigna, 2018). The system's generator would be a system call
/// for each request, and nobody gains from guessing these.
struct SampleGenerator: RandomNumberGenerator {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Seeded from the system: workers draw independently of each other.
    init() {
        var system = SystemRandomNumberGenerator()
        self.init(seed: (system.next(), system.next(), system.next(), system.next()))
    }

    /// The same numbers for the same seed.
    init(seed: (UInt64, UInt64, UInt64, UInt64)) {
        // A state of zeros would stay one.
        state = (seed.0, seed.1, seed.2, seed.3 | 1)
    }

    mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, 45)
        return result
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}
