internal import SPOP

/// Names of fields as an operator writes them.
enum FieldName {
    /// It can be the name of a field (RFC 9110, section 5.1).
    static func isToken(_ name: [UInt8]) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isTokenByte }
    }

    /// Another field of that name, or none, leaves the copy the message that it is.
    static func isFree(_ name: [UInt8]) -> Bool { !known(name).framesMessage }

    static func known(_ name: [UInt8]) -> KnownField {
        unsafe KnownField(0..<name.count, in: name.span.bytes)
    }

    /// Names are compared without case (RFC 9110, section 5.1).
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.elementsEqual(right) { $0.lowercased == $1.lowercased }
    }
}
