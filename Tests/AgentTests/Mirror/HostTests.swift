import Testing

@testable import Agent

@Suite("The Host of a copy")
struct HostTests {
    @Test("two equal Hosts are one, as HAProxy makes of them", arguments: ["h:8", "H:8", " h:8\t"])
    func equalHosts(_ second: String) throws {
        let copy = PayloadBuilder(headers: [("a", "b"), ("host", "h:8"), ("Host", second), ("c", "d")])
        #expect(try copy.render().headers == ["a: b", "host: h:8", "c: d"])
        #expect(
            try copy.render(style: .init(host: .literal("qa"), mark: nil)).headers
                == ["a: b", "host: qa", "c: d"])
    }

    @Test("two different Hosts are not sent", arguments: ["h", "h:80", "", "evil.test", "h:8, h:8"])
    func differentHosts(_ second: String) throws {
        for values in [["h:8", second], [second, "h:8"], ["h:8", "h:8", second]] {
            for usesText in [false, true] {
                let copy = PayloadBuilder(headers: values.map { ("host", $0) }, usesTextHeaders: usesText)
                #expect(throws: Refusal.malformed(.hosts)) { try copy.render() }
                #expect(throws: Refusal.malformed(.hosts)) {
                    try copy.render(style: .init(host: .destination, mark: nil))
                }
            }
        }
    }

    @Test("a request without Host gets the mirror's")
    func host() throws {
        #expect(try PayloadBuilder(headers: []).render(to: "http://m:81/").headers == ["host: m:81"])
        #expect(try PayloadBuilder(headers: []).render(to: "https://m/").headers == ["host: m"])
    }

    @Test("Host as the operator wants it")
    func hostHeader() throws {
        let copy = PayloadBuilder(headers: [("a", "b"), ("Host", "shop.example"), ("c", "d")])
        #expect(
            try copy.render(style: .init(host: .destination, mark: nil)).headers == [
                "a: b", "Host: mirror:1", "c: d",
            ])
        #expect(
            try copy.render(style: .init(host: .literal("qa:8"), mark: nil)).headers == [
                "a: b", "Host: qa:8", "c: d",
            ])
        #expect(
            try PayloadBuilder(headers: []).render(style: .init(host: .literal("qa"), mark: nil)).headers == [
                "host: qa"
            ])
    }
}
