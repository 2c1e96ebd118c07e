/// One typed value (SPOE.txt, section 3.1). Strings and binaries are ranges of the span they were read from.
package enum TypedValue: Hashable, Sendable {
    /// Type 0.
    case null
    /// Type 1; the value is the lowest flag bit.
    case bool(Bool)
    /// Type 2. HAProxy sign-extends to 64 bits before it encodes.
    case int32(Int32)
    /// Type 3.
    case uint32(UInt32)
    /// Type 4.
    case int64(Int64)
    /// Type 5.
    case uint64(UInt64)
    /// Type 6, four bytes in network order.
    case ipv4(Range<Int>)
    /// Type 7, sixteen bytes in network order.
    case ipv6(Range<Int>)
    /// Type 8.
    case string(Range<Int>)
    /// Type 9.
    case binary(Range<Int>)

    /// The value as a size or a code: any of the four integer types, when it is not negative.
    package var unsigned: UInt64? {
        switch self {
        case .int32(let value): UInt64(exactly: value)
        case .uint32(let value): UInt64(value)
        case .int64(let value): UInt64(exactly: value)
        case .uint64(let value): value
        default: nil
        }
    }

    /// The type's number on the wire.
    package var type: UInt8 {
        switch self {
        case .null: 0
        case .bool: 1
        case .int32: 2
        case .uint32: 3
        case .int64: 4
        case .uint64: 5
        case .ipv4: 6
        case .ipv6: 7
        case .string: 8
        case .binary: 9
        }
    }
}

extension ByteCursor {
    /// The next typed value. Types 10 to 15 throw: their length is not known, so nothing behind them can be read.
    package mutating func readTypedValue() throws(DecodeError) -> TypedValue {
        let start = offset
        let head = try readByte()
        switch head & 0x0F {
        case 0: return .null
        case 1: return .bool(head & 0x10 != 0)
        case 2:
            // Negative numbers arrive as 64-bit two's complement, positive ones as they are.
            guard let value = Int32(exactly: Int64(bitPattern: try readVarint())) else {
                throw DecodeError(.outOfRange, at: start)
            }
            return .int32(value)
        case 3:
            guard let value = UInt32(exactly: try readVarint()) else {
                throw DecodeError(.outOfRange, at: start)
            }
            return .uint32(value)
        case 4: return .int64(Int64(bitPattern: try readVarint()))
        case 5: return .uint64(try readVarint())
        case 6: return .ipv4(try readBytes(count: 4))
        case 7: return .ipv6(try readBytes(count: 16))
        case 8: return .string(try readString())
        case 9: return .binary(try readString())
        default: throw DecodeError(.unknownType(head & 0x0F), at: start)
        }
    }
}
