import Glibc
import Testing

@testable import Agent

@Suite("Link-local addresses")
struct LinkLocalTests {
    @Test(
        "link-local addresses",
        arguments: [
            ("169.254.169.254", true), ("169.253.1.1", false), ("127.0.0.1", false), ("fe80::1", true),
            ("febf::1", true),
            ("fec0::1", false), ("::1", false), ("::ffff:169.254.1.1", true), ("::ffff:10.0.0.1", false),
            ("2001:db8::1", false), ("::169.254.169.254", true), ("64:ff9b::a9fe:a9fe", true),
            ("64:ff9b::a00:1", false), ("2002:a9fe:a9fe::1", true), ("2002:a00:1::1", false),
            ("fd00:ec2::254", true), ("fd00:ec2::253", false),
        ])
    func linkLocal(_ text: String, _ expected: Bool) throws {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        #expect(getaddrinfo(text, nil, &hints, &list) == 0)
        defer { freeaddrinfo(list) }
        let entry = try #require(list?.pointee)
        #expect(LinkLocal.contains(entry.ai_addr, length: entry.ai_addrlen) == expected)
    }
}
