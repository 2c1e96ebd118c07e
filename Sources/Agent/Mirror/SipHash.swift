internal import SPOP

/// SipHash-2-4 (Aumasson and Bernstein, 2012): who does not know the key cannot foresee the hash of a text.
struct SipHash {
    private let key: (UInt64, UInt64)

    /// `key` is read as little-endian words, as in the paper.
    init(key: (UInt64, UInt64)) { self.key = key }

    /// The hash of all of `bytes`, whatever they are. Allocates nothing.
    func hash(of bytes: RawSpan) -> UInt64 {
        var state = State(key)
        let whole = bytes.byteCount & ~7
        for offset in stride(from: 0, to: whole, by: 8) { state.take(bytes.littleEndianWord(at: offset)) }
        // The last word has the bytes that are left, and the length in its highest byte.
        var last = UInt64(truncatingIfNeeded: bytes.byteCount) << 56
        for index in whole..<bytes.byteCount {
            last |= UInt64(bytes.byte(index)) << UInt64(8 * (index - whole))
        }
        state.take(last)
        return state.finish()
    }

    private struct State {
        private var words: (UInt64, UInt64, UInt64, UInt64)

        /// The constants are "somepseudorandomlygeneratedbytes".
        init(_ key: (UInt64, UInt64)) {
            words = (
                key.0 ^ 0x736f_6d65_7073_6575, key.1 ^ 0x646f_7261_6e64_6f6d,
                key.0 ^ 0x6c79_6765_6e65_7261, key.1 ^ 0x7465_6462_7974_6573
            )
        }

        mutating func take(_ word: UInt64) {
            words.3 ^= word
            round()
            round()
            words.0 ^= word
        }

        mutating func finish() -> UInt64 {
            words.2 ^= 0xFF
            for _ in 0..<4 { round() }
            return words.0 ^ words.1 ^ words.2 ^ words.3
        }

        private mutating func round() {
            words.0 &+= words.1
            words.2 &+= words.3
            words.1 = Self.rotate(words.1, 13) ^ words.0
            words.3 = Self.rotate(words.3, 16) ^ words.2
            words.0 = Self.rotate(words.0, 32)
            words.2 &+= words.1
            words.0 &+= words.3
            words.1 = Self.rotate(words.1, 17) ^ words.2
            words.3 = Self.rotate(words.3, 21) ^ words.0
            words.2 = Self.rotate(words.2, 32)
        }

        private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
            value << count | value >> (64 - count)
        }
    }
}
