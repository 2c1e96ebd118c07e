import Testing

extension EndToEnd {
    @Suite("HTTP/2 clients")
    struct HTTP2ClientTests {
        @Test("their absolute-form targets become origin-form", arguments: HAProxyVersion.available)
        func copiesHTTP2(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            guard case .tcp(_, let port) = scenario.frontend else { return }
            let curl = CurlClient(directory: scenario.directory, port: port)
            let requests = [
                Request(target: "/h2/get?x=1&y=%20"),
                Request(target: "/"),
                Request(method: "POST", target: "/h2/post", body: BodyTests.binary(3_000)),
                Request(
                    method: "PATCH", target: "/h2/patch",
                    fields: [HeaderField("X-Twice", "one"), HeaderField("X-Twice", "two")],
                    body: BodyTests.binary(12_000)),
            ]
            for request in requests {
                let response = try curl.exchange(request)
                #expect(response.status == "2 200")
                #expect(response.body == "ok\n")

                let copy = try scenario.copy(of: request.target)
                #expect(copy.method == request.method)
                #expect(copy.version == "HTTP/1.1")
                #expect(copy.body == request.body)
                #expect(copy.head.values(of: "host") == ["127.0.0.1:\(port)"])
                for field in Set(request.fields.map(\.name)) {
                    let sent = request.fields.filter { $0.name == field }.map(\.value)
                    #expect(copy.head.values(of: field) == sent)
                }
            }
            #expect(scenario.mirror.requests.count == requests.count)
        }
    }
}
