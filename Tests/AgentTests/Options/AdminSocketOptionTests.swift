import Testing

@testable import Agent

@Suite("Admin sockets on the command line")
struct AdminSocketOptionTests {
    @Test("an admin socket is for its group, and everybody's level, unless it says otherwise")
    func adminSocket() throws {
        let plain = try AdminSocketOption("/s")
        #expect(plain.socket == UnixSocket(path: "/s", mode: 0o660) && plain.level == .admin)
        let given = try AdminSocketOption("/s,mode=600,level=user,group=root")
        #expect(given.socket == UnixSocket(path: "/s", mode: 0o600, group: 0) && given.level == .user)
        #expect(throws: InvalidValue.self) { try AdminSocketOption("/s,level=root") }
        #expect(throws: InvalidValue.self) { try ListenAddress("unix@/s,level=user") }
    }
}
