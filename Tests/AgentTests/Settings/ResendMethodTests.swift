import Testing

@testable import Agent

@Suite("Copies that may be sent once more")
struct ResendMethodTests {
    @Test("which methods may be repeated")
    func methods() {
        for method in ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"] {
            #expect(Resend.idempotent.allows(Array(method.utf8)), "\(method)")
        }
        for method in ["POST", "PATCH", "PROPFIND", "PURGE", "get", "GE", "GETS", ""] {
            #expect(!Resend.idempotent.allows(Array(method.utf8)), "\(method)")
        }
        for method in ["GET", "POST"] {
            #expect(Resend.all.allows(Array(method.utf8)))
            #expect(!Resend.never.allows(Array(method.utf8)))
        }
    }
}
