import Testing

extension EndToEnd {
    /// What one client's copy leaves of a connection to the mirror is nothing to the next client's copy.
    @Suite("Fidelity: connections that copies share")
    struct ConnectionStateTests {
        typealias Message = SPOPClient.Message

        /// A forward proxy that takes `connect` for CONNECT, as Squid does unless it is told otherwise.
        private static func proxy(_ established: String) -> RecordingMirror.Script {
            { request in
                guard request.method.uppercased() == "CONNECT" else { return RecordingMirror.normal(request) }
                return .bytes(("HTTP/1.1 200 Connection established\r\n" + established + "\r\n").latin1)
            }
        }

        @Test(
            "CONNECT is not copied, and no other copy gets into a tunnel",
            arguments: HAProxyVersion.available,
            ["", "Content-Length: 0\r\n"])
        func connect(version: HAProxyVersion, established: String) throws {
            let mirror = try RecordingMirror(Self.proxy(established))
            let stage = try FidelityStage(version, to: mirror)
            let (clients, rounds) = (8, 10)
            let frontend = stage.frontend
            _ = try concurrently(clients) { client in
                for round in 0..<rounds {
                    // HAProxy makes a tunnel of it too: the connection is of no use afterwards.
                    let tunnel = try Socket.connect(to: frontend)
                    try tunnel.write(
                        "CONNECT evil.example.test:443 HTTP/1.1\r\nHost: evil.example.test:443\r\n\r\n")
                    _ = try tunnel.read()
                    var other = try RawClient(frontend)
                    let request = Request(
                        target: "/secret/\(client)/\(round)",
                        fields: FidelityRow.fields("Cookie: session=\(client)", "Authorization: Basic eDp5"))
                    guard try other.exchange(request).status == 200 else { throw HarnessError("not served") }
                }
            }
            let count = clients * rounds
            #expect(
                try stage.agent.account(of: 2 * count) == [
                    "received": 2 * count, "skipped_method": count, "completed": count,
                    "responses_2xx": count,
                ])
            #expect(mirror.requests.count == count)
            #expect(mirror.requests.allSatisfy { $0.method == "GET" })
            #expect(stage.production.requests.contains { $0.method == "CONNECT" })
        }

        @Test("CONNECT in a list of methods changes nothing", arguments: ["all", "CONNECT,GET"])
        func listed(methods: String) throws {
            let mirror = try RecordingMirror(Self.proxy(""))
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["--methods", methods],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            try client.notify(Message(method: "CONNECT", target: "evil.example.test:443"))
            try client.notify(Message(target: "/after"))
            #expect(
                try agent.account(of: 2) == [
                    "received": 2, "skipped_method": 1, "completed": 1, "responses_2xx": 1,
                ])
            #expect(mirror.requests.map(\.target) == ["/after"])
        }

        @Test(
            "a method that some proxies take for CONNECT goes out as it is, and ends its connection",
            arguments: ["connect", "Connect"], ["", "Content-Length: 0\r\n"])
        func otherCase(method: String, established: String) throws {
            let mirror = try RecordingMirror(Self.proxy(established))
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1"], in: try TemporaryDirectory())
            let (clients, rounds, endpoint) = (4, 20, agent.endpoint)
            _ = try concurrently(clients) { client in
                let peer = try SPOPClient(endpoint)
                for round in 0..<rounds {
                    try peer.notify(
                        Message(
                            method: method, target: "evil.example.test:443", body: round % 2 == 0 ? [] : [1]))
                    try peer.notify(Message(target: "/secret/\(client)/\(round)"))
                }
            }
            let count = 2 * clients * rounds
            #expect(
                try agent.account(of: count) == [
                    "received": count, "completed": count, "responses_2xx": count,
                ])
            #expect(mirror.requests.filter { $0.method == method }.count == count / 2)
            Self.expectNothing(behind: { $0.method == method }, at: mirror)
        }

        @Test(
            "an answer of 101 is the last of its connection",
            arguments: ["Upgrade: h2c\r\n", "Upgrade: websocket\r\n", "Content-Length: 0\r\n", ""])
        func switchingProtocols(fields: String) throws {
            let answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\(fields)\r\n"
            let mirror = try RecordingMirror { request in
                request.target == "/upgrade" ? .bytes(answer.latin1) : RecordingMirror.normal(request)
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1"], in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            let methods = ["GET", "HEAD", "POST"]
            for (index, method) in methods.enumerated() {
                try client.notify(
                    Message(method: method, target: "/upgrade", body: method == "POST" ? [1] : []))
                try client.notify(Message(target: "/after/\(index)"))
            }
            let count = methods.count
            #expect(
                try agent.account(of: 2 * count) == [
                    "received": 2 * count, "completed": 2 * count, "responses_1xx": count,
                    "responses_2xx": count,
                ])
            #expect(try agent.counters()["mirror_ambiguous"] == count)
            Self.expectNothing(behind: { $0.target == "/upgrade" }, at: mirror)
        }

        @Test(
            "credentials that speak for a connection are the last of it",
            arguments: [
                ("Authorization: Negotiate YII=", true), ("Authorization: NTLM TlRM", true),
                ("authorization: negotiate", true), ("Proxy-Authorization: NTLM TlRM", true),
                ("Authorization: Basic eDp5", false), ("Authorization: Bearer negotiate", false),
            ])
        func authenticated(field: String, endsConnection: Bool) throws {
            let mirror = try RecordingMirror()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1"], in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            let messages = [
                Message(target: "/before"),
                Message(target: "/signed", fields: FidelityRow.fields("Host: h", field)),
                Message(target: "/after"), Message(target: "/later"),
            ]
            for (index, message) in messages.enumerated() {
                try client.notify(message)
                let count = index + 1
                #expect(
                    try agent.account(of: count) == [
                        "received": count, "completed": count, "responses_2xx": count,
                    ])
            }
            #expect(mirror.requests.map(\.connection) == (endsConnection ? [0, 0, 1, 1] : [0, 0, 0, 0]))
        }

        /// An answer after which nobody can say what comes next.
        static let ambiguous: [(String, method: String, [String])] = {
            let head = "HTTP/1.1 200 OK\r\n"
            let stray = "HTTP/1.1 500 Not for you\r\nContent-Length: 0\r\n\r\n"
            return [
                ("two lengths", "GET", [head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"]),
                (
                    "a length and chunks", "GET",
                    [head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
                ),
                (
                    "chunks and a length", "POST",
                    [head + "TRANSFER-ENCODING: chunked\r\nCONTENT-LENGTH: 5\r\n\r\n0\r\n\r\n"]
                ),
                (
                    "a length of an interim answer", "GET",
                    ["HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n" + head + "\r\n" + stray]
                ),
                ("two answers", "GET", [head + "Content-Length: 2\r\n\r\nok" + stray]),
                (
                    "two answers, one without a body", "GET", [head + "Content-Length: 0\r\n\r\n" + stray]
                ),
                (
                    "two answers, the first in chunks", "GET",
                    [head + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + stray]
                ),
                ("two answers to HEAD", "HEAD", [head + "Content-Length: 2\r\n\r\n" + stray]),
                ("another answer, later", "GET", [head + "Content-Length: 2\r\n\r\nok", stray]),
                (
                    "another answer, later, behind chunks", "POST",
                    [head + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", stray]
                ),
                ("a body to HEAD, later", "HEAD", [head + "Content-Length: 5\r\n\r\n", "world"]),
                ("more than was declared, later", "GET", [head + "Content-Length: 2\r\n\r\nok", "ok"]),
                ("a body to 204, later", "GET", ["HTTP/1.1 204 No Content\r\n\r\n", "surprise"]),
            ]
        }()

        @Test("no copy gets an answer that was not meant for it", arguments: ambiguous.indices)
        func ambiguousAnswers(index: Int) throws {
            let (rule, method, pieces) = Self.ambiguous[index]
            let mirror = try RecordingMirror { request in
                guard request.target == "/odd" else { return RecordingMirror.normal(request) }
                let first = Answer.bytes(pieces[0].latin1)
                return pieces.count == 1 ? first : .both(first, .after(0.1, .bytes(pieces[1].latin1)))
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1", "--timeout", "8s"],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            for round in 0..<3 {
                try client.notify(Message(method: method, target: "/odd", body: method == "POST" ? [1] : []))
                _ = try agent.account(of: 2 * round + 1)
                try eventually("the connection is ended", evidence: { agent.process.log }) {
                    try agent.counters()["mirror_ambiguous"] == round + 1
                }
                try client.notify(Message(target: "/next/\(round)"))
                let count = 2 * (round + 1)
                #expect(
                    try agent.account(of: count) == [
                        "received": count, "completed": count, "responses_2xx": count,
                    ], "\(rule)")
            }
            #expect(mirror.requests.count == 6)
            Self.expectNothing(behind: { $0.target == "/odd" }, at: mirror)
        }

        @Test(
            "an answer that breaks off, or is none, ends its connection",
            arguments: [
                ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "failed_timeout"),
                ("SSH-2.0-other\r\n", "failed_other"), ("HTTP/1.1 2000 OK\r\n\r\n", "failed_other"),
                ("HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n", "failed_other"),
                ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "failed_other"),
            ])
        func brokenAnswers(answer: String, counter: String) throws {
            let mirror = try RecordingMirror { request in
                request.target == "/odd" ? .bytes(answer.latin1) : RecordingMirror.normal(request)
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1", "--timeout", "2s"],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            try client.notify(Message(target: "/before"))
            _ = try agent.account(of: 1)
            try client.notify(Message(target: "/odd"))
            _ = try agent.account(of: 2)
            try client.notify(Message(target: "/after"))
            #expect(
                try agent.account(of: 3) == ["received": 3, "completed": 3, "responses_2xx": 2, counter: 1])
            Self.expectNothing(behind: { $0.target == "/odd" }, at: mirror)
        }

        @Test("answers in which nothing is odd leave the connection to the next copy")
        func keptConnection() throws {
            let mirror = try RecordingMirror { request in
                switch request.target {
                case "/chunks": .chunked(body: "a body")
                case "/upgrade":
                    .response(
                        fields: FidelityRow.fields("Connection: Upgrade", "Upgrade: h2,h2c"), body: "offered")
                case "/interim": .response(afterInterim: "103 Early Hints", body: "final")
                case "/later": .after(0.05, .ok)
                default: RecordingMirror.normal(request)
                }
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1"], in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            let targets = ["/", "/chunks", "/upgrade", "/interim", "/later", "/"]
            for (index, target) in targets.enumerated() {
                try client.notify(Message(method: target == "/" ? "HEAD" : "GET", target: target))
                _ = try agent.account(of: index + 1)
            }
            #expect(mirror.connections == 1)
            #expect(try agent.counters()["mirror_ambiguous"] == 0)
        }

        /// The connections of the requests that `isLast` names carry nothing behind those.
        private static func expectNothing(
            behind isLast: (RecordedRequest) -> Bool, at mirror: RecordingMirror
        ) {
            for (_, requests) in Dictionary(grouping: mirror.requests, by: \.connection) {
                let behind = requests.drop { !isLast($0) }.dropFirst()
                #expect(behind.isEmpty, "\(behind.map(\.head.startLine))")
            }
        }
    }
}
