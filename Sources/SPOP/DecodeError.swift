/// Bytes from a peer that break the protocol: what is wrong, where, and the code to answer with.
package struct DecodeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with the bytes.
    package enum Reason: Hashable, Sendable {
        /// The bytes end before the value does.
        case truncated
        /// A varint that does not fit in 64 bits.
        case varintOverflow
        /// A length or an integer outside the range its field allows.
        case outOfRange
        /// A typed value whose type SPOE.txt does not define (10 to 15).
        case unknownType(UInt8)
        /// A typed value of another type than its key or argument wants.
        case unexpectedType(UInt8)
        /// A frame of this type may not arrive now.
        case unexpectedFrame(UInt8)
        /// The frame breaks a rule of the specification. The text names the rule; it is a literal, so nothing is allocated.
        case violation(String)
    }

    /// What is wrong.
    package let reason: Reason
    /// Bytes from the start of the decoded span to the value at fault.
    package let offset: Int
    /// The status code for AGENT-DISCONNECT.
    package let status: StatusCode

    /// An error at `offset`, answered with `status`.
    package init(_ reason: Reason, at offset: Int, status: StatusCode = .invalidFrame) {
        self.reason = reason
        self.offset = offset
        self.status = status
    }

    /// One line for a log: no bytes of the peer are in it.
    package var description: String {
        let what =
            switch reason {
            case .truncated: "value cut short"
            case .varintOverflow: "varint over 64 bits"
            case .outOfRange: "value out of range"
            case .unknownType(let type): "unknown data type \(type)"
            case .unexpectedType(let type): "unexpected data type \(type)"
            case .unexpectedFrame(let type): "unexpected frame type \(type)"
            case .violation(let text): text
            }
        return "\(what) at byte \(offset) (status \(status.rawValue), \(status.message))"
    }
}
