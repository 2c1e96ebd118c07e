import Foundation
import Testing

extension EndToEnd {
    /// What clients of the metrics address may do, and what they get for it.
    @Suite("Metrics address")
    struct MetricsAddressTests {
        private let mirror: RecordingMirror
        private let agent: WatchedAgent
        private let metrics: Endpoint

        init() throws {
            mirror = try RecordingMirror()
            (agent, metrics) = try WatchedAgent.withMetrics(of: mirror)
        }

        private func exchange(_ request: String) throws -> HTTPExchange { try HTTPExchange(metrics, request) }

        @Test("GET gets the metrics")
        func get() throws {
            for request in [
                "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "GET /metrics?a=b HTTP/1.0\r\n\r\n",
                "GET /metrics HTTP/1.1\n\n",
            ] {
                let answer = try exchange(request)
                #expect(answer.status == 200)
                #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
                #expect(answer["Content-Length"] == "\(answer.body.count)")
                #expect(answer["Connection"] == "close")
                #expect(answer.text.hasPrefix("# HELP spoa_mirror_build_info"))
            }
        }

        @Test("HEAD gets the head of it")
        func head() throws {
            let answer = try exchange("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            #expect((answer["Content-Length"].flatMap { Int($0) } ?? 0) > 5000)
        }

        @Test("/healthz says ok while it runs")
        func health() throws {
            let answer = try exchange("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(answer.status == 200)
            #expect(answer.text == "ok\n")
        }

        @Test("/healthz says stopping while copies are under way at the end")
        func healthAtTheEnd() throws {
            let hanging = try RecordingMirror { _ in .hang }
            defer { withExtendedLifetime(hanging) {} }
            let port = try Ports.free()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(hanging.port)/",
                ["--metrics-address", "127.0.0.1:\(port)", "--timeout", "1h"], in: try TemporaryDirectory())
            try SPOPClient(agent.endpoint).notify(.init())
            try eventually("the copy is under way") { try agent.counters()["in_flight"] == 1 }
            agent.process.send(signal: SIGTERM)
            try eventually("it says so") {
                let answer = try HTTPExchange(.loopback(port), "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return answer.status == 503 && answer.text == "stopping\n"
            }
            agent.process.send(signal: SIGTERM)
            #expect(try agent.process.wait() == .status(0))
        }

        @Test("POST is not allowed")
        func post() throws {
            for path in ["/metrics", "/healthz", "/"] {
                let answer = try exchange("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab")
                #expect(answer.status == 405)
                #expect(answer["Allow"] == "GET, HEAD")
            }
        }

        @Test("an unknown path is not found")
        func unknownPath() throws {
            for path in ["/", "/metric", "/metrics/", "/METRICS", "/healthz/x"] {
                let answer = try exchange("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(answer.status == 404)
                #expect(answer.text == "There is /metrics and /healthz here.\n")
            }
        }

        @Test(
            "garbage is a bad request",
            arguments: [
                "hello\r\n\r\n", "GET /metrics\r\n\r\n", "GET  /metrics HTTP/1.1\r\n\r\n", "\r\n\r\n",
                "GET metrics HTTP/1.1\r\n\r\n", "GET /metrics FTP/1.1\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", " GET /metrics HTTP/1.1\r\n\r\n", "\u{0}\u{1}é\n\n",
            ])
        func garbage(request: String) throws {
            #expect(try exchange(request).status == 400)
        }

        @Test("a head of 9 KiB is too large, one of 7 KiB is not")
        func longHead() throws {
            func request(_ length: Int) -> String {
                "GET /metrics HTTP/1.1\r\nX: \(String(repeating: "a", count: length))\r\n\r\n"
            }
            #expect(try exchange(request(7 << 10)).status == 200)
            #expect(try exchange(request(9 << 10)).status == 431)
            // Even if it never ends.
            #expect(try exchange(String(repeating: "a", count: 9 << 10)).status == 431)
        }

        @Test("a request may come byte by byte, and more than one gets one answer")
        func pieces() throws {
            let request = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
            #expect(try HTTPExchange(metrics, request, pieceLength: 1).status == 200)
            let answer = try exchange("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + request)
            #expect(answer.text == "ok\n")
        }

        @Test("a client that never ends its request is let go")
        func slowClient() throws {
            let socket = try Socket.connect(to: metrics)
            try socket.write("GET /metrics HTT")
            // The harness' own patience is longer than the agent's, and would throw.
            #expect(try socket.readToEnd().isEmpty)
        }

        @Test("clients that ask nothing, or a byte now and then, keep nobody out")
        func idleMakeRoom() throws {
            let idle = try (0..<40).map { _ in try Socket.connect(to: metrics) }
            for _ in 0..<20 {
                for socket in idle.dropFirst() { try? socket.write("G") }
                #expect(try Self.ask(metrics).status == 200)
                let health = try exchange("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(health.text == "ok\n")
            }
            // It was closed for another, not answered.
            #expect(try idle[0].readToEnd().isEmpty)
            try eventually("the log tells of it", evidence: { agent.process.log }) {
                agent.process.log.contains("metrics client closed: idle, and all 16 places are taken")
            }
        }

        @Test("a hundred connections at once harm nobody")
        func manyClients() throws {
            let metrics = metrics
            let idle = try (0..<100).map { _ in try Socket.connect(to: metrics) }
            for socket in idle { try? socket.write("GET /metrics HTT") }
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<50 { try client.notify(.init()) }
            #expect(try agent.account(of: 50)["completed"] == 50)
            for socket in idle { socket.disconnect() }
            // Those that asked all at once got an answer, or the end of the connection.
            try eventually("there is room again") { (try? Self.ask(metrics))?.status == 200 }
            let answers = try concurrently(100) { _ in (try? Self.ask(metrics))?.status ?? 0 }
            #expect(answers.allSatisfy { $0 == 200 || $0 == 0 })
            #expect(answers.contains(200))
            try eventually("it answers afterwards") { (try? Self.ask(metrics))?.status == 200 }
            for _ in 0..<50 { try client.notify(.init()) }
            #expect(try agent.account(of: 100)["completed"] == 100)
        }

        private static func ask(_ endpoint: Endpoint) throws -> HTTPExchange {
            try HTTPExchange(endpoint, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        }
    }
}
