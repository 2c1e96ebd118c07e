import Foundation
import Synchronization
import Testing

extension EndToEnd {
    /// Mirrors that end kept connections, and what arrives there.
    @Suite("Faults: copies sent once more")
    struct ResendTests {
        typealias Message = SPOPClient.Message

        private static let idempotent = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]
        private static let others = ["POST", "PATCH", "PROPFIND"]

        /// Numbers the requests of each connection.
        private final class Turns: Sendable {
            private let counts = Mutex<[Int: Int]>([:])
            func next(on connection: Int) -> Int {
                counts.withLock {
                    $0[connection, default: 0] += 1
                    return $0[connection] ?? 0
                }
            }
        }

        /// Answers the first request of each connection, reads the second and ends the connection.
        private static func endsSecond(by end: Answer) -> RecordingMirror.Script {
            let turns = Turns()
            return { turns.next(on: $0.connection) == 1 ? RecordingMirror.normal($0) : end }
        }

        private static func agent(_ mirror: RecordingMirror, _ arguments: String...) throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1"] + arguments,
                in: try TemporaryDirectory())
        }

        /// Sends `count` copies, each when the one before has come to its end.
        private static func send(
            _ count: Int, _ method: String, to agent: WatchedAgent, body: Int = 10, after done: Int = 0
        ) throws {
            let client = try SPOPClient(agent.endpoint)
            for index in 1...count {
                let body = idempotent.contains(method) && method != "PUT" ? 0 : body
                try client.notify(
                    Message(
                        method: method, target: "/\(method)/\(index)",
                        fields: FidelityRow.fields("host: h", "content-length: \(body)"),
                        body: FidelityRow.binary(body)))
                _ = try agent.account(of: done + index)
            }
        }

        @Test("five POSTs arrive five times", arguments: [Answer.close, .reset], [10, 15_000])
        func onceOnly(end: Answer, body: Int) throws {
            for method in Self.others {
                let mirror = try RecordingMirror(Self.endsSecond(by: end))
                let agent = try Self.agent(mirror)
                try Self.send(5, method, to: agent, body: body)
                #expect(
                    try agent.account(of: 5) == [
                        "received": 5, "completed": 5, "responses_2xx": 3, "failed_reset": 2,
                    ])
                #expect(mirror.requests.map(\.target) == (1...5).map { "/\(method)/\($0)" })
                #expect(try agent.counters()["resent"] == 0)
                #expect(
                    try agent.ask("show errors").contains(
                        "The connection ended without an answer; not sent again"))
            }
        }

        @Test("five GETs arrive nine times, and four are counted", arguments: [Answer.close, .reset])
        func counted(end: Answer) throws {
            for method in Self.idempotent {
                let mirror = try RecordingMirror(Self.endsSecond(by: end))
                let agent = try Self.agent(mirror, "--request-log", "on")
                try Self.send(5, method, to: agent)
                #expect(
                    try agent.account(of: 5) == ["received": 5, "completed": 5, "responses_2xx": 5],
                    "\(method)")
                #expect(mirror.requests.count == 9)
                #expect(mirror.requests(for: "/\(method)/1").count == 1)
                #expect(try agent.counters()["resent"] == 4)
                #expect(try agent.ask("show metrics").contains("\nspoa_mirror_requests_resent_total 4\n"))
                try eventually("all are in the request log", evidence: { agent.process.log }) {
                    agent.process.log.contains("/\(method)/5 ")
                }
                let lines = agent.process.log.split(separator: "\n").filter {
                    $0.contains("request \(method) ")
                }
                #expect(lines.count == 5 && lines.allSatisfy { $0.hasSuffix(" ok") })
                #expect(lines.count { $0.hasSuffix(" resent=1 ok") } == 4)
            }
        }

        @Test("a copy whose every connection ends arrives twice, and failed once")
        func neverThrice() throws {
            let mirror = try RecordingMirror { $0.target == "/GET/1" ? .ok : .close }
            let agent = try Self.agent(mirror)
            try Self.send(2, "GET", to: agent)
            #expect(
                try agent.account(of: 2) == [
                    "received": 2, "completed": 2, "responses_2xx": 1, "failed_reset": 1,
                ])
            #expect(mirror.requests(for: "/GET/2").count == 2)
            #expect(try agent.counters()["resent"] == 1)
        }

        @Test("as the setting says, from the next copy on, and after a restart")
        func settings() throws {
            let directory = try TemporaryDirectory()
            let state = ["-n", "1", "--state-file", directory.file("state"), "--resend", "all"]
            let mirror = try RecordingMirror(Self.endsSecond(by: .close))
            let agent = try WatchedAgent(mirrorURL: "http://127.0.0.1:\(mirror.port)/", state, in: directory)
            #expect(
                try agent.ask("show settings").contains("resend: all (default idempotent, from option)\n"))
            try Self.send(5, "POST", to: agent)
            #expect(try agent.account(of: 5)["responses_2xx"] == 5)
            #expect(mirror.requests.count == 9)
            #expect(try agent.counters()["resent"] == 4)
            #expect(try agent.ask("set resend never") == "Resend set to never (was all).\n\n")
            // The connection is at its second request: ended, answered on a new one, ended, and so on.
            try Self.send(4, "GET", to: agent, after: 5)
            #expect(
                try agent.account(of: 9) == [
                    "received": 9, "completed": 9, "responses_2xx": 7, "failed_reset": 2,
                ])
            #expect(mirror.requests.count == 13)
            #expect(try agent.counters()["resent"] == 4)
            #expect(
                try agent.ask("set resend twice").hasPrefix("Invalid value: 'twice' (idempotent, all, never"))
            _ = try agent.ask("save state")
            _ = try agent.process.terminate()
            let next = try WatchedAgent(mirrorURL: "http://127.0.0.1:\(mirror.port)/", state, in: directory)
            #expect(
                try next.ask("show settings").contains(
                    "resend: never (default idempotent, from state file)\n"))
        }

        @Test("a mirror that closes idle connections gets each copy once", arguments: Self.others + ["GET"])
        func idle(method: String) throws {
            let mirror = try RecordingMirror { request in
                guard case .bytes(let answer) = RecordingMirror.normal(request) else { return .close }
                return .bytesThenClose(answer)
            }
            let agent = try Self.agent(mirror)
            let client = try SPOPClient(agent.endpoint)
            for index in 1...5 {
                try client.notify(Message(method: method, target: "/\(index)"))
                _ = try agent.account(of: index)
                try eventually("the end of connection \(index) has arrived at the agent's kernel") {
                    try !Self.isConnected(to: mirror.port)
                }
            }
            #expect(try agent.account(of: 5) == ["received": 5, "completed": 5, "responses_2xx": 5])
            #expect(mirror.requests.map(\.target) == (1...5).map { "/\($0)" })
            #expect(mirror.connections == 5)
            #expect(try agent.counters()["resent"] == 0)
        }

        /// Whether somebody has a connection to `port` on which more may come: state 01 in /proc/net/tcp.
        private static func isConnected(to port: UInt16) throws -> Bool {
            let remote = ":\(String(format: "%04X", Int(port)))"
            return try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n")
                .contains {
                    let words = $0.split(separator: " ")
                    return words.count > 3 && words[2].hasSuffix(remote) && words[3] == "01"
                }
        }

        @Test("nothing is sent again after an answer has begun")
        func answerBegan() throws {
            for beginning in [
                "HTTP/1.1 200 OK\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
            ] {
                let turns = Turns()
                let mirror = try RecordingMirror {
                    turns.next(on: $0.connection) == 1 ? .ok : .bytesThenClose(Array(beginning.utf8))
                }
                let agent = try Self.agent(mirror, "--resend", "all")
                try Self.send(2, "GET", to: agent)
                #expect(mirror.requests.map(\.target) == ["/GET/1", "/GET/2"], "\(beginning)")
                #expect(try agent.counters()["resent"] == 0)
            }
        }

        @Test("the books balance at the mirror, too, under load", arguments: ["idempotent", "all", "never"])
        func books(resend: String) throws {
            let turns = Turns()
            let mirror = try RecordingMirror {
                turns.next(on: $0.connection) % 7 == 0 ? .close : RecordingMirror.normal($0)
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "2", "--resend", resend],
                in: try TemporaryDirectory())
            let endpoint = agent.endpoint
            _ = try concurrently(4) { index in
                let client = try SPOPClient(endpoint)
                for round in 0..<500 {
                    let method = round % 2 == 0 ? "POST" : "GET"
                    try client.notify(Message(method: method, target: "/\(method)/\(index)/\(round)"))
                }
            }
            let account = try agent.account(of: 2_000)
            #expect(account["completed"] == 2_000)
            let resent = try agent.counters()["resent"]
            let arrived = Dictionary(grouping: mirror.requests, by: \.target)
            #expect(mirror.requests.count == 2_000 + resent)
            #expect(arrived.values.allSatisfy { $0.count <= 2 })
            #expect((resent == 0) == (resend == "never"))
            let isTwice = arrived.filter { $0.value.count == 2 }
            if resend == "idempotent" { #expect(isTwice.keys.allSatisfy { $0.hasPrefix("/GET/") }) }
            if resend != "all" { #expect((account["failed_reset"] ?? 0) > 0) }
        }

        /// nginx ends a connection after so many requests with GOAWAY, and refuses those that come later.
        @Test("over HTTP/2, no POST twice", arguments: ["idempotent", "all"])
        func overHTTP2(resend: String) throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let server = try certificates.issue("server", names: ["IP:127.0.0.1"], by: authority)
            let nginx = try NginxMirror(
                listen: "ssl http2", lines: server.nginxLines + ["keepalive_requests 50;"], in: directory)
            // Each connection ends after 50 requests: so few under way bound what a busy machine can have refused.
            let agent = try WatchedAgent(
                mirrorURL: "https://127.0.0.1:\(nginx.port)/",
                [
                    "-n", "1", "--http-version", "2", "--tls-ca", authority.certificate, "--resend", resend,
                    "--max-in-flight", "8",
                ], in: directory)
            let endpoint = agent.endpoint
            _ = try concurrently(4) { index in
                let client = try SPOPClient(endpoint)
                for round in 0..<250 {
                    let method = round % 2 == 0 ? "POST" : "GET"
                    try client.notify(
                        Message(
                            method: method, target: "/\(method)/\(index)/\(round)",
                            fields: FidelityRow.fields("host: h"), body: FidelityRow.binary(100)))
                }
            }
            let account = try agent.account(of: 1_000)
            #expect(account["completed"] == 1_000)
            let counters = try agent.counters()
            // What a copy that is given up does to its connection must not hit the others on it.
            #expect((account["responses_2xx"] ?? 0) >= 800, "\(account)\n\(agent.process.log)")
            let arrived = Dictionary(grouping: nginx.recorder.requests, by: \.target)
            // One may be refused twice.
            #expect(arrived.keys.count { $0.hasPrefix("/GET/") } >= 450)
            #expect(nginx.recorder.requests.count <= 1_000 + counters["resent"])
            #expect(arrived.values.allSatisfy { $0.count <= 2 })
            if resend == "idempotent" {
                #expect(arrived.allSatisfy { $0.key.hasPrefix("/GET/") || $0.value.count == 1 })
            } else {
                #expect((account["responses_2xx"] ?? 0) >= 900, "\(account)\n\(agent.process.log)")
            }
        }

        /// libcurl begins again then, also on a connection of the copy's own: REFUSED_STREAM and HTTP_1_1_REQUIRED (RFC 9113,
        /// section 7).
        @Test("a stream that is reset is sent once more by the same rule", arguments: [0x7, 0xd] as [UInt8])
        func resetStreams(code: UInt8) throws {
            for (method, most) in [("GET", 2), ("POST", 1)] {
                let mirror = try StreamResetter(code: code)
                let agent = try WatchedAgent(
                    mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                    ["-n", "1", "--http-version", "2-prior-knowledge"], in: try TemporaryDirectory())
                try SPOPClient(agent.endpoint).notify(Message(method: method, target: "/"))
                let account = try agent.account(of: 1)
                let resent = try agent.counters()["resent"]
                #expect(account["completed"] == 1)
                #expect(mirror.arrived == 1 + resent && mirror.arrived <= most, "\(method): \(account)")
                if method == "POST" { #expect(account["failed_reset"] == 1, "\(account)") }
            }
        }
    }
}

/// A mirror that resets each HTTP/2 stream with a code, and answers HTTP/1.1.
private final class StreamResetter: Sendable {
    private let listener: Socket
    private let count = Count()
    private final class Count: Sendable { let value = Atomic(0) }
    var port: UInt16 { listener.localPort }

    /// Requests that came, by either HTTP.
    var arrived: Int { count.value.load(ordering: .relaxed) }

    init(code: UInt8) throws {
        listener = try Socket.listen(on: .loopback(0))
        onThread { [listener, count] in
            while let connection = listener.accept() {
                onThread { try? Self.serve(connection, code) { count.value.add(1, ordering: .relaxed) } }
            }
        }
    }

    deinit { listener.disconnect() }

    private static func serve(_ connection: Socket, _ code: UInt8, arrived: () -> Void) throws {
        let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        var bytes: [UInt8] = []
        func fill(to count: Int) throws -> Bool {
            while bytes.count < count {
                let more = try connection.read()
                guard !more.isEmpty else { return false }
                bytes += more
            }
            return true
        }
        guard try fill(to: preface.count) else { return }
        guard bytes.starts(with: preface) else {
            arrived()
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            while try !connection.read().isEmpty {}
            return
        }
        bytes.removeFirst(preface.count)
        // SETTINGS, without any (RFC 9113, section 4.1: length, type, flags, stream).
        try connection.write([0, 0, 0, 4, 0, 0, 0, 0, 0])
        while try fill(to: 9) {
            let length = bytes.prefix(3).reduce(0) { $0 << 8 | Int($1) }
            let (type, stream) = (bytes[3], Array(bytes[5..<9]))
            guard try fill(to: 9 + length) else { return }
            bytes.removeFirst(9 + length)
            // HEADERS, answered by RST_STREAM.
            guard type == 1 else { continue }
            arrived()
            try connection.write([0, 0, 4, 3, 0] + stream + [0, 0, 0, code])
        }
    }
}
