import Foundation
import Testing

extension EndToEnd {
    /// What `show errors`, the log and the request log say of a copy that came to nothing is what happened to it.
    @Suite("Faults: the reason that is told is the reason")
    struct ReasonTests {
        typealias Message = SPOPClient.Message

        /// Something of a client's that nobody may be told.
        private static let secret = "geheim"
        private static let request = Message(
            method: "POST", target: "/reason?token=\(secret)",
            fields: FidelityRow.fields("Host: h", "Cookie: id=\(secret)", "Content-Length: 6"),
            body: Array(secret.utf8))

        /// Sends one copy, and expects `counter` and a reason that contains `text` in all three places.
        private static func expect(
            _ counter: String, _ text: String, from agent: WatchedAgent, _ message: Message = request,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            try SPOPClient(agent.endpoint).notify(message)
            #expect(
                try agent.account(of: 1) == ["received": 1, "completed": 1, counter: 1],
                "\(agent.process.log)", sourceLocation: sourceLocation)
            let errors = try agent.ask("show errors")
            #expect(errors.contains(" \(counter) "), sourceLocation: sourceLocation)
            #expect(errors.contains(text), "\(errors)", sourceLocation: sourceLocation)
            let lines = try eventually("it is in the log", evidence: { agent.process.log }) {
                let lines = agent.process.log.split(separator: "\n").filter { $0.contains(text) }
                return lines.count < 2 ? nil : lines
            }
            #expect(
                lines.contains { $0.contains(" warning mirror: ") }, "\(lines)",
                sourceLocation: sourceLocation)
            #expect(
                lines.contains { $0.contains(" request POST ") && $0.contains(" \(counter): ") }, "\(lines)",
                sourceLocation: sourceLocation)
            #expect(
                !agent.process.log.contains(secret) && !errors.contains(secret),
                sourceLocation: sourceLocation)
        }

        private static func agent(
            _ url: String, _ arguments: [String] = [], launcher: [String] = [], at endpoint: Endpoint? = nil
        ) throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: url, ["--request-log", "on", "-n", "1"] + arguments, launcher: launcher,
                at: endpoint, in: try TemporaryDirectory())
        }

        // MARK: connections

        @Test("a port where nobody listens")
        func refused() throws {
            try Self.expect(
                "failed_connect", "Connection refused",
                from: try Self.agent("http://127.0.0.1:\(try Ports.free())/"))
        }

        @Test("an address that is not connected to")
        func linkLocal() throws {
            try Self.expect(
                "failed_connect", "a link-local address is not connected to (--allow-link-local)",
                from: try Self.agent("http://169.254.169.254/", ["--connect-timeout", "1h"]))
        }

        /// The mirror gets half of 20 open files, and holds them for the copies that came first.
        @Test("no socket is left")
        func descriptors() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                ["-n", "1", "--timeout", "1h", "--max-in-flight", "200", "--max-connecting", "200"],
                launcher: [try Executables.find("prlimit"), "--nofile=128:128"], in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<80 { try client.notify(Self.request) }
            try eventually("one fails", evidence: { agent.process.log }) {
                try agent.ask("show errors").contains(
                    "half of the files that may be open are connections to the mirror (ulimit -n)")
            }
        }

        @Test(
            "no way there, no word from there, no such name",
            .enabled(
                if: skipsNothing || NetworkNamespace.isPossible && FileMount.isPossible,
                "SKIPPED: a network namespace, and files in the place of the system's, can only be made by root"
            ),
            arguments: [
                ("http://10.9.9.1:8080/", "failed_connect", " after "),
                ("http://10.7.7.1:8080/", "failed_connect", "No route to host"),
                ("http://10.6.6.1:8080/", "failed_connect", "Network is unreachable"),
                ("http://mirror.example.test:8080/", "failed_dns", "ould not resolve host"),
            ])
        func network(_ url: String, _ counter: String, _ text: String) throws {
            let directory = try TemporaryDirectory()
            let network = try NetworkNamespace()
            try network.addBlackHole()
            try network.ip("route add unreachable 10.7.7.0/24")
            let names = try NameServer(.fail, in: network)
            let resolver = try directory.write("nameserver 127.0.0.1\n", to: "resolv.conf")
            let agent = try Self.agent(
                url, ["--connect-timeout", "300ms", "--timeout", "1h"],
                launcher: network.launcher(resolver: resolver), at: .unix(directory.file("agent.sock")))
            try Self.expect(counter, text, from: agent)
            withExtendedLifetime((network, names)) {}
        }

        // MARK: TLS

        @Test("a certificate that is not accepted")
        func certificates() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let here = ["IP:127.0.0.1"]
            let right = try certificates.issue("right", names: here, by: authority)
            let other = try certificates.issue("other", names: ["DNS:other.example.test"], by: authority)
            let expired = try certificates.issue("expired", names: here, by: authority, isExpired: true)
            let stranger = try certificates.authority("stranger")
            for (identity, trusted, text) in [
                // OpenSSL 1.1 has no hyphen.
                (stranger, authority, "signed certificate"),
                (right, stranger, "unable to get local issuer certificate"),
                (expired, authority, "certificate has expired"),
                (other, authority, "target host name"),
            ] {
                let name = "server\(text.count)"
                let nginx = try NginxMirror(name, listen: "ssl", lines: identity.nginxLines, in: directory)
                try Self.expect(
                    "failed_tls", text,
                    from: try Self.agent(
                        "https://127.0.0.1:\(nginx.port)/", ["--tls-ca", trusted.certificate]))
            }
        }

        @Test("a mirror that does not speak TLS")
        func noTLS() throws {
            let mirror = try NginxMirror(listen: "", in: try TemporaryDirectory())
            try Self.expect(
                "failed_tls", "wrong version number",
                from: try Self.agent("https://127.0.0.1:\(mirror.port)/", ["--tls-insecure"]))
        }

        /// In TLS 1.3 the handshake is over for the client before the server looks at its certificate.
        @Test(
            "a mirror that wants a certificate of the agent's, or another one",
            arguments: ["-tls1_3", "-tls1_2"], ["1.1", "2"])
        func clientCertificate(tls: String, http: String) throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let server = try certificates.issue("server", names: ["IP:127.0.0.1"], by: authority)
            let stranger = try certificates.authority("stranger")
            let port = try Ports.free()
            let mirror = try ChildProcess(
                try Executables.find("openssl"),
                [
                    "s_server", "-accept", "127.0.0.1:\(port)", "-cert", server.certificate, "-key",
                    server.key, "-Verify", "1", "-verify_return_error", "-CAfile", authority.certificate,
                    "-quiet", "-alpn", "h2,http/1.1", tls,
                ], outputFile: directory.file("server.out"), errorFile: directory.file("server.err"))
            try eventually("openssl accepts", evidence: { mirror.errors }) {
                (try? Socket.connect(to: .loopback(port))) != nil
            }
            let isLate = tls == "-tls1_3"
            for (own, text) in [
                ([], isLate ? "the mirror wants a client certificate (--tls-cert): " : "handshake failure"),
                (["--tls-cert", stranger.certificate, "--tls-key", stranger.key], "alert unknown ca"),
            ] {
                let arguments = ["--tls-ca", authority.certificate, "--http-version", http] + own
                try Self.expect(
                    "failed_tls", text, from: try Self.agent("https://127.0.0.1:\(port)/", arguments))
            }
        }

        // MARK: answers

        @Test("headers of an answer that are too many, or too long", arguments: [(600, 1), (20, 8000)])
        func headers(count: Int, length: Int) throws {
            let line = "x: \(String(repeating: "y", count: length))\r\n"
            let interim = "HTTP/1.1 103 Early Hints\r\n\(String(repeating: line, count: count))"
            let mirror = try RecordingMirror { _ in .bytes(interim.latin1) }
            try Self.expect(
                "failed_other", "the answer's headers are over 64 KiB or 512 lines",
                from: try Self.agent("http://127.0.0.1:\(mirror.port)/"))
        }

        @Test("no answer in time, none at all, and what is none")
        func answers() throws {
            for (answer, counter, text) in [
                (.hang, "failed_timeout", "timed out after "), (.close, "failed_reset", "Empty reply"),
                (.reset, "failed_reset", "reset by peer"),
                (.bytes("SSH-2.0-x\u{1b}[31m\r\n".latin1), "failed_other", "HTTP/0.9"),
            ] as [(Answer, String, String)] {
                let mirror = try RecordingMirror { _ in answer }
                try Self.expect(
                    counter, text,
                    from: try Self.agent("http://127.0.0.1:\(mirror.port)/", ["--timeout", "1s"]))
            }
        }

        // MARK: the request log

        @Test("a target that is no path is a word of its own in the request log")
        func targets() throws {
            let mirror = try RecordingMirror()
            let agent = try Self.agent("http://127.0.0.1:\(mirror.port)/prefix", ["--request-log", "query"])
            let client = try SPOPClient(agent.endpoint)
            for (method, target) in [
                ("OPTIONS", "*"), ("OPTIONS", "http://h"), ("GET", "odd"), ("GET", "/a?b"),
            ] {
                try client.notify(Message(method: method, target: target))
            }
            #expect(try agent.account(of: 4)["responses_2xx"] == 4)
            let origin = "http://127.0.0.1:\(mirror.port)"
            for start in [
                "OPTIONS \(origin) * HTTP/1.1 200 ", "GET \(origin) odd HTTP/1.1 200 ",
                "GET \(origin)/prefix/a?b HTTP/1.1 200 ",
            ] {
                try eventually("'\(start)'", evidence: { agent.process.log }) {
                    agent.process.log.contains(" request \(start)id=")
                }
            }
        }
    }
}
