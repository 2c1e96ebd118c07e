import Testing

extension EndToEnd {
    @Suite("Methods")
    struct MethodTests {
        /// A method, and whether the request has a body.
        static let cases: [(method: String, hasBody: Bool)] = [
            ("GET", false), ("HEAD", false), ("OPTIONS", false), ("DELETE", false), ("POST", true),
            ("PUT", true),
            ("PATCH", true), ("DELETE", true), ("PROPFIND", true), ("REPORT", false),
            ("X-custom.Method~1", true),
        ]

        @Test("what the client sent is what the mirror gets", arguments: HAProxyVersion.available)
        func copiesEveryMethod(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            var client = try scenario.client()
            for (index, (method, hasBody)) in Self.cases.enumerated() {
                let request = Request(
                    method: method, target: "/methods/\(index)?first=1&second=a%20b",
                    fields: [
                        HeaderField("User-Agent", "harness/1"), HeaderField("Accept", "text/plain"),
                        HeaderField("X-Twice", "one"), HeaderField("X-Between", "b"),
                        HeaderField("X-Twice", "two"), HeaderField("Cookie", "a=1; b=2"),
                        HeaderField("X-Latin", "caf\u{e9}"),
                    ],
                    body: hasBody ? Array("body of \(method)".utf8) : [])
                let response = try client.exchange(request)
                #expect(response.status == 200, "\(method)")

                let copy = try scenario.copy(of: request.target)
                #expect(copy.method == method)
                #expect(copy.body == request.body, "\(method)")
                for name in ["Host", "User-Agent", "Accept", "X-Twice", "X-Between", "Cookie", "X-Latin"] {
                    let sent = HTTPHead(request.bytes).values(of: name)
                    #expect(copy.head.values(of: name) == sent, "\(name) of \(method)")
                }
            }
            let lines = try scenario.filterLog(atLeast: Self.cases.count)
            #expect(lines.allSatisfy { $0.status == 0 }, "\(scenario.evidence())")
            #expect(scenario.mirror.requests.count == Self.cases.count)
            #expect(scenario.mirror.failures.isEmpty)
        }
    }
}
