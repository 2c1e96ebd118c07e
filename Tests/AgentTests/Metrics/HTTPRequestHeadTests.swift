import Testing

@testable import Agent

@Suite("Metrics address")
struct HTTPRequestHeadTests {
    @Test(
        "requests to the metrics address",
        arguments: [
            (
                "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n",
                HTTPRequestHead.request(method: "GET", path: "/metrics")
            ),
            ("HEAD /healthz?x=1 HTTP/1.0\n\n", .request(method: "HEAD", path: "/healthz")),
            ("GET /metrics\r\n\r\n", .malformed), ("\r\n\r\n", .malformed),
            ("GET x HTTP/1.1\r\n\r\n", .malformed),
            ("GET / HTTP/2.0\r\n\r\n", .malformed), ("GET  / HTTP/1.1\r\n\r\n", .malformed),
            ("GET / HTTP/1.1\r\nHost: h\r\n", nil), ("", nil),
        ])
    func requestHeads(_ text: String, _ expected: HTTPRequestHead?) {
        #expect(HTTPRequestHead(Array(text.utf8)) == expected)
    }
}
