import Synchronization
import Testing

extension EndToEnd {
    @Suite("Faults: copies sent once more over HTTP/2")
    struct ResendHTTP2Tests {
        typealias Message = SPOPClient.Message

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
