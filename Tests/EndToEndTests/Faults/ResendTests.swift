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
            // Few enough that the mirror's connections are used again all the while.
            try Self.send(3, "POST", to: agent)
            #expect(try agent.account(of: 3)["responses_2xx"] == 3)
            #expect(mirror.requests.count == 5)
            #expect(try agent.counters()["resent"] == 2)
            #expect(try agent.ask("set resend never") == "Resend set to never (was all).\n\n")
            // The connection is at its second request: ended, answered on a new one, ended, and so on.
            try Self.send(4, "GET", to: agent, after: 3)
            #expect(
                try agent.account(of: 7) == [
                    "received": 7, "completed": 7, "responses_2xx": 5, "failed_reset": 2,
                ])
            #expect(mirror.requests.count == 9)
            #expect(try agent.counters()["resent"] == 2)
            #expect(
                try agent.ask("set resend twice").hasPrefix("Invalid value: 'twice' (idempotent, all, never"))
            _ = try agent.ask("save state")
            _ = try agent.process.terminate()
            let next = try WatchedAgent(mirrorURL: "http://127.0.0.1:\(mirror.port)/", state, in: directory)
            #expect(
                try next.ask("show settings").contains(
                    "resend: never (default idempotent, from state file, option all)\n"))
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
    }
}
