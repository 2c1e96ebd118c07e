import Testing

@testable import SPOP

@Suite("Varint")
struct VarintTests {
    /// The borders that SPOE.txt, section 3.1, names, and the ends of the range.
    static let golden: [(UInt64, [UInt8])] = [
        (0, [0x00]), (239, [0xEF]),
        (240, [0xF0, 0x00]), (2287, [0xFF, 0x7F]),
        (2288, [0xF0, 0x80, 0x00]), (264_431, [0xFF, 0xFF, 0x7F]),
        (264_432, [0xF0, 0x80, 0x80, 0x00]), (33_818_863, [0xFF, 0xFF, 0xFF, 0x7F]),
        (33_818_864, [0xF0, 0x80, 0x80, 0x80, 0x00]),
        (16380, [0xFC, 0xF0, 0x06]),
        (UInt64.max, [0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E]),
    ]

    @Test("encodes and decodes the borders", arguments: golden)
    func bothWays(_ value: UInt64, _ bytes: [UInt8]) throws {
        var encoded: [UInt8] = []
        encoded.appendVarint(value)
        #expect(encoded == bytes)
        var cursor = ByteCursor(bytes.span.bytes)
        let decoded = try cursor.readVarint()
        #expect(decoded == value)
        let end = cursor.offset
        #expect(end == bytes.count)
    }

    @Test func roundTripsAtRandom() throws {
        var generator = SeededGenerator()
        for _ in 0..<20_000 {
            let value =
                UInt64.random(in: .min ... .max, using: &generator)
                >> UInt64.random(in: 0...63, using: &generator)
            var bytes: [UInt8] = []
            bytes.appendVarint(value)
            var cursor = ByteCursor(bytes.span.bytes)
            let decoded = try cursor.readVarint()
            #expect(decoded == value, "SEED=\(generator.seed)")
        }
    }

    @Test(
        "more than 64 bits throw",
        arguments: [
            [UInt8](repeating: 0xFF, count: 10) + [0x7F],
            [UInt8](repeating: 0xFF, count: 40),
            [0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0F],
            [0xF0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
        ])
    func overflows(_ bytes: [UInt8]) {
        #expect(throws: DecodeError(.varintOverflow, at: 0)) {
            var cursor = ByteCursor(bytes.span.bytes)
            _ = try cursor.readVarint()
        }
    }

    @Test(
        "a cut varint throws where it ends",
        arguments: [[], [0xF0], [0xFF, 0x80], [0xFF, 0xFF, 0xFF]] as [[UInt8]])
    func truncated(_ bytes: [UInt8]) {
        #expect(throws: DecodeError(.truncated, at: bytes.count)) {
            var cursor = ByteCursor(bytes.span.bytes)
            _ = try cursor.readVarint()
        }
    }
}
