/// What an ACK has HAProxy do (SPOE.txt, section 3.4). Each of our ACKs carries exactly one: HAProxy 3.1.0 holds the request
/// of an ACK without any for the whole `timeout processing` (fixed upstream by commit 851e52b55).
///
/// The variables belong to the transaction, so that HAProxy's log line still has them. HAProxy puts its `var-prefix` in front
/// of the name and ignores a variable that its configuration never reads.
package enum Action: Sendable {
    /// Sets `id`: the request is selected, and this is its number. What becomes of the copy comes later.
    case setID(Int64)
    /// Sets `skip`: the request is not mirrored, for this reason of at most 32 bytes.
    case setSkip(StaticString)
    /// Unsets `none`, which is never set. The NOTIFY named no request.
    case nothing

    /// Bytes on the wire, at most.
    static let longest = 3 + 1 + 4 + 1 + 1 + 32
}

extension OutputSpan<UInt8> {
    /// Type, number of arguments, and the arguments: the scope (2, TRANSACTION), the name and, for `set-var` (1), the value;
    /// `unset-var` (2) has none.
    @inline(__always)
    mutating func append(_ action: Action) {
        switch action {
        case .setID(let id):
            append([1, 3, 2])
            append(string: "id")
            // INT64.
            append(4)
            append(varint: UInt64(bitPattern: id))
        case .setSkip(let reason):
            append([1, 3, 2])
            append(string: "skip")
            // STRING.
            append(8)
            append(string: reason)
        case .nothing:
            append([2, 2, 2])
            append(string: "none")
        }
    }

    @inline(__always)
    mutating func append(_ bytes: InlineArray<3, UInt8>) {
        for index in bytes.indices { append(bytes[index]) }
    }

    /// A string of less than 240 bytes with its length.
    @inline(__always)
    private mutating func append(string text: StaticString) {
        append(UInt8(text.utf8CodeUnitCount))
        for index in 0..<text.utf8CodeUnitCount { unsafe append(text.utf8Start[index]) }
    }

    /// The same bytes as `[UInt8].appendVarint`.
    @inline(__always)
    mutating func append(varint value: UInt64) {
        guard value >= 240 else { return append(UInt8(value)) }
        append(UInt8(truncatingIfNeeded: value) | 240)
        var rest = (value - 240) >> 4
        while rest >= 128 {
            append(UInt8(truncatingIfNeeded: rest) | 128)
            rest = (rest - 128) >> 7
        }
        append(UInt8(rest))
    }
}
