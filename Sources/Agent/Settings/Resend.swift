/// Which copies are sent once more when their connection ended without an answer. The mirror may have got, and carried out,
/// what was sent: it may see such a copy twice.
enum Resend: String, CaseIterable, Sendable {
    /// Those whose method may be repeated: twice is meant to do what once does.
    case idempotent = "idempotent"
    /// All of them.
    case all = "all"
    /// None: the mirror sees no copy twice.
    case never = "never"

    /// RFC 9110, section 9.2.2.
    private static let idempotentMethods = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].map {
        Array($0.utf8)
    }

    func allows(_ method: [UInt8]) -> Bool {
        switch self {
        case .idempotent: Self.idempotentMethods.contains(method)
        case .all: true
        case .never: false
        }
    }
}
