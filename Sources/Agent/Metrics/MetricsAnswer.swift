internal import Stats

/// One HTTP answer of the metrics address.
struct MetricsAnswer {
    let status: String
    let body: String
    var type = "text/plain; charset=utf-8"
    var hasBody = true
    var extraField = ""

    /// The answer to `request`: GET and HEAD of /metrics and /healthz, and what is wrong with anything else.
    static func to(_ request: HTTPRequestHead, _ agent: RunningAgent) -> MetricsAnswer {
        guard case .request(let method, let path) = request else {
            return request == .tooLong
                ? MetricsAnswer(
                    status: "431 Request Header Fields Too Large", body: "The request is longer than 8 KiB.\n"
                )
                : MetricsAnswer(status: "400 Bad Request", body: "This is not an HTTP/1 request.\n")
        }
        guard method == "GET" || method == "HEAD" else {
            return MetricsAnswer(
                status: "405 Method Not Allowed", body: "GET and HEAD are allowed here.\n",
                extraField: "Allow: GET, HEAD\r\n")
        }
        let hasBody = method == "GET"
        switch path {
        case "/metrics":
            return MetricsAnswer(
                status: "200 OK", body: agent.metrics, type: PrometheusText.contentType, hasBody: hasBody)
        case "/healthz":
            return agent.isStopping
                ? MetricsAnswer(status: "503 Service Unavailable", body: "stopping\n", hasBody: hasBody)
                : MetricsAnswer(status: "200 OK", body: "ok\n", hasBody: hasBody)
        default:
            return MetricsAnswer(
                status: "404 Not Found", body: "There is /metrics and /healthz here.\n", hasBody: hasBody)
        }
    }

    /// Head and body as they go over the wire.
    var bytes: [UInt8] {
        let head = """
            HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\
            \(extraField)Connection: close\r\n\r\n
            """
        return Array(head.utf8) + (hasBody ? Array(body.utf8) : [])
    }
}
