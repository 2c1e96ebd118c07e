import Testing

@testable import Agent

@Suite("Fields that the agent adds")
struct AddedFieldTests {
    @Test(
        "the client's address is added to X-Forwarded-For, or creates it",
        arguments: [
            ([], ["X-Forwarded-For: 192.0.2.7"]), (["10.0.0.1"], ["x-forwarded-for: 10.0.0.1, 192.0.2.7"]),
            (
                ["10.0.0.1", "10.0.0.2"],
                ["x-forwarded-for: 10.0.0.1", "x-forwarded-for: 10.0.0.2, 192.0.2.7"]
            ),
            ([""], ["x-forwarded-for: 192.0.2.7"]),
        ] as [([String], [String])])
    func forwardedFor(_ present: [String], _ expected: [String]) throws {
        let copy = PayloadBuilder(
            headers: [("host", "h")] + present.map { ("x-forwarded-for", $0) }, source: [192, 0, 2, 7])
        #expect(try copy.render().headers == ["host: h"] + expected)
    }

    @Test func forwardedForIPv4() throws {
        for octet in UInt8.min...UInt8.max {
            let copy = try PayloadBuilder(source: [octet, 0, 255, octet]).render()
            #expect(copy.headers.last == "X-Forwarded-For: \(octet).0.255.\(octet)")
        }
    }

    @Test func forwardedForIPv6() throws {
        let address: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        #expect(try PayloadBuilder(source: address).render().headers.last == "X-Forwarded-For: 2001:db8::1")
        let longest = [UInt8](repeating: 0xFF, count: 16)
        #expect(
            try PayloadBuilder(source: longest).render().headers.last
                == "X-Forwarded-For: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
    }

    @Test("an empty id is none, and one that is not needed is not looked at")
    func oddIDs() throws {
        #expect(try PayloadBuilder(id: "").render().headers == ["host: shop.example"])
        let own = PayloadBuilder(headers: [("host", "h"), ("x-request-id", "mine")], id: "a\r\nb")
        #expect(try own.render().headers == ["host: h", "x-request-id: mine"])
    }

    @Test("the request id is set where there is none")
    func requestID() throws {
        #expect(try PayloadBuilder(id: "abc-1").render().headers.last == "X-Request-ID: abc-1")
        #expect(
            try PayloadBuilder(headers: [("host", "h"), ("X-REQUEST-ID", "mine")], id: "abc-1").render()
                .headers
                == ["host: h", "X-REQUEST-ID: mine"])
    }

    @Test("the mark is added, and stops a copy of a copy")
    func mark() throws {
        #expect(
            try PayloadBuilder().render(style: .init()).headers == [
                "host: shop.example", "X-Mirrored-By: spoa-mirror",
            ])
        let copy = PayloadBuilder(headers: [("host", "h"), ("x-mirrored-BY", " spoa-mirror ")])
        #expect(throws: Refusal.loop) { try copy.render(style: .init()) }
        #expect(throws: Never.self) { try copy.render(style: .init(mark: nil)) }
        let other = PayloadBuilder(headers: [("host", "h"), ("x-mirrored-by", "another")])
        #expect(try other.render(style: .init()).headers.last == "X-Mirrored-By: spoa-mirror")
    }
}
