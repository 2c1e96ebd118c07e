/// What an ACK has HAProxy do (SPOE.txt, section 3.4). Each of our ACKs carries exactly one: HAProxy 3.1.0 holds the request
/// of an ACK without any for the whole `timeout processing` (fixed upstream by commit 851e52b55).
///
/// The variables belong to the transaction, so that HAProxy's log line still has them. HAProxy puts its `var-prefix` in front
/// of the name and ignores a variable that its configuration never reads.
package enum Action: Hashable, Sendable {
    /// Sets `id`: the request is selected, and this is its number. What becomes of the copy comes later.
    case setID(Int64)
    /// Sets `skip`: the request is not mirrored, for this reason.
    case setSkip(String)
    /// Unsets `none`, which is never set. The NOTIFY named no request.
    case nothing
}

/// Bytes of an action, in the order of the wire.
private enum Wire {
    static let setVariable: UInt8 = 1
    static let unsetVariable: UInt8 = 2
    /// Scope TRANSACTION.
    static let transaction: UInt8 = 2
    static let int64: UInt8 = 4
    static let string: UInt8 = 8
}

extension [UInt8] {
    /// Type, number of arguments, and the arguments: the scope, the name and, for `set-var`, the value.
    @inline(__always)
    mutating func append(_ action: Action) {
        switch action {
        case .setID(let id):
            beginAction(Wire.setVariable, arguments: 3)
            append(2)
            append(UInt8(ascii: "i"))
            append(UInt8(ascii: "d"))
            append(Wire.int64)
            appendVarint(UInt64(bitPattern: id))
        case .setSkip(let reason):
            beginAction(Wire.setVariable, arguments: 3)
            appendString("skip")
            append(Wire.string)
            appendString(reason)
        case .nothing:
            beginAction(Wire.unsetVariable, arguments: 2)
            appendString("none")
        }
    }

    private mutating func beginAction(_ type: UInt8, arguments: UInt8) {
        append(type)
        append(arguments)
        append(Wire.transaction)
    }
}
