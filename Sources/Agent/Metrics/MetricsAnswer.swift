internal import Stats

/// One HTTP answer of the metrics address.
struct MetricsAnswer {
    private let status: String
    private let type: String
    private let body: String
    private let hasBody: Bool
    private let extraField: String

    private init(
        _ status: String, _ body: String, type: String = "text/plain; charset=utf-8", hasBody: Bool = true,
        extraField: String = ""
    ) {
        self.status = status
        self.type = type
        self.body = body
        self.hasBody = hasBody
        self.extraField = extraField
    }

    /// The answer to `request`: GET and HEAD of /metrics and /healthz, and what is wrong with anything else.
    static func to(_ request: HTTPRequestHead, _ agent: RunningAgent) -> MetricsAnswer {
        guard case .request(let method, let path) = request else {
            return request == .tooLong
                ? MetricsAnswer("431 Request Header Fields Too Large", "The request is longer than 8 KiB.\n")
                : MetricsAnswer("400 Bad Request", "This is not an HTTP/1 request.\n")
        }
        guard method == "GET" || method == "HEAD" else {
            return MetricsAnswer(
                "405 Method Not Allowed", "GET and HEAD are allowed here.\n",
                extraField: "Allow: GET, HEAD\r\n")
        }
        let hasBody = method == "GET"
        switch path {
        case "/metrics":
            return MetricsAnswer("200 OK", agent.metrics, type: PrometheusText.contentType, hasBody: hasBody)
        case "/healthz":
            return agent.isStopping
                ? MetricsAnswer("503 Service Unavailable", "stopping\n", hasBody: hasBody)
                : MetricsAnswer("200 OK", "ok\n", hasBody: hasBody)
        default:
            return MetricsAnswer(
                "404 Not Found", "There is /metrics and /healthz here.\n", hasBody: hasBody)
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
