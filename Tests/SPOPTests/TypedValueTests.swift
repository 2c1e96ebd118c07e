import Testing

@testable import SPOP

@Suite("Typed values")
struct TypedValueTests {
    static let golden: [([UInt8], TypedValue)] = [
        ([0x00], .null),
        ([0x01], .bool(false)), ([0x11], .bool(true)),
        ([0x02, 0x05], .int32(5)),
        ([0x02, 0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E], .int32(-1)),
        ([0x03, 0xFC, 0xF0, 0x06], .uint32(16380)),
        ([0x04, 0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E], .int64(-1)),
        ([0x05, 0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E], .uint64(.max)),
        ([0x06, 127, 0, 0, 1], .ipv4(1..<5)),
        ([0x07] + [UInt8](repeating: 1, count: 16), .ipv6(1..<17)),
        ([0x08, 0x03, 0x61, 0x62, 0x63], .string(2..<5)),
        ([0x08, 0x00], .string(2..<2)),
        ([0x09, 0x01, 0xFF], .binary(2..<3)),
    ]

    @Test("decodes each type to the last byte", arguments: golden)
    func decodes(_ bytes: [UInt8], _ expected: TypedValue) throws {
        var cursor = ByteCursor(bytes.span.bytes)
        let value = try cursor.readTypedValue()
        #expect(value == expected)
        #expect(value.type == bytes[0] & 0x0F)
        let end = cursor.offset
        #expect(end == bytes.count)
    }

    @Test("every shorter prefix throws", arguments: golden.map(\.0))
    func prefixesThrow(_ bytes: [UInt8]) {
        for length in 0..<bytes.count {
            #expect(throws: DecodeError.self) {
                var cursor = ByteCursor(Array(bytes[..<length]).span.bytes)
                _ = try cursor.readTypedValue()
            }
        }
    }

    @Test("types 10 to 15 are unknown", arguments: 10...15 as ClosedRange<UInt8>)
    func unknownTypes(_ type: UInt8) {
        #expect(throws: DecodeError(.unknownType(type), at: 0)) {
            var cursor = ByteCursor([type, 0, 0].span.bytes)
            _ = try cursor.readTypedValue()
        }
    }

    @Test(
        "integers that do not fit their type throw",
        arguments: [
            [0x02, 0xF0, 0xF1, 0xFF, 0xFF, 0x7F],
            [0x03, 0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E],
        ] as [[UInt8]])
    func outOfRange(_ bytes: [UInt8]) {
        #expect(throws: DecodeError(.outOfRange, at: 0)) {
            var cursor = ByteCursor(bytes.span.bytes)
            _ = try cursor.readTypedValue()
        }
    }

    @Test("a length over what remains throws before it is used")
    func lyingLength() {
        let bytes: [UInt8] = [0x08, 0xFF, 0xF0, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0xFE, 0x0E, 0x61]
        #expect(throws: DecodeError(.truncated, at: 1)) {
            var cursor = ByteCursor(bytes.span.bytes)
            _ = try cursor.readTypedValue()
        }
    }
}
