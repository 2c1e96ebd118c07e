import Foundation
import Testing

extension EndToEnd {
    /// Straight over SPOP: HAProxy has no part in these.
    @Suite("Fidelity: TLS")
    struct TLSMirrorTests {
        /// What the agent is told, what the mirror shows, and what has to come of one copy.
        struct Case: Sendable, CustomTestStringConvertible {
            enum Server { case right, otherName, expired, clientCertificate }
            enum Trust { case authority, system, nothing }

            let testDescription: String
            var server = Server.right
            var trust = Trust.authority
            var hasOwnCertificate = false
            var host = "127.0.0.1"
            let outcome: String
        }

        static let cases = [
            Case(testDescription: "the right authority", outcome: "responses_2xx"),
            Case(
                testDescription: "the right authority, by name", host: "localhost", outcome: "responses_2xx"),
            Case(testDescription: "an authority nobody knows", trust: .system, outcome: "failed_tls"),
            Case(testDescription: "another name", server: .otherName, outcome: "failed_tls"),
            Case(testDescription: "an expired certificate", server: .expired, outcome: "failed_tls"),
            Case(
                testDescription: "no verification, unknown authority", trust: .nothing,
                outcome: "responses_2xx"),
            Case(
                testDescription: "no verification, another name", server: .otherName, trust: .nothing,
                outcome: "responses_2xx"),
            Case(
                testDescription: "no verification, expired", server: .expired, trust: .nothing,
                outcome: "responses_2xx"),
            Case(
                testDescription: "the agent's own certificate is asked for", server: .clientCertificate,
                hasOwnCertificate: true, outcome: "responses_2xx"),
            Case(
                testDescription: "the agent has no certificate of its own", server: .clientCertificate,
                outcome: "responses_4xx"),
        ]

        @Test("certificates")
        func certificates() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let here = ["IP:127.0.0.1", "DNS:localhost"]
            let right = try certificates.issue("right", names: here, by: authority)
            let other = try certificates.issue("other", names: ["DNS:other.example.test"], by: authority)
            let expired = try certificates.issue("expired", names: here, by: authority, isExpired: true)
            let own = try certificates.issue("agent", names: ["DNS:agent.example.test"], by: authority)
            let verifying = ["ssl_verify_client on;", "ssl_client_certificate \(authority.certificate);"]
            let servers: [Case.Server: NginxMirror] = [
                .right: try NginxMirror("right", listen: "ssl", lines: right.nginxLines, in: directory),
                .otherName: try NginxMirror("other", listen: "ssl", lines: other.nginxLines, in: directory),
                .expired: try NginxMirror("expired", listen: "ssl", lines: expired.nginxLines, in: directory),
                .clientCertificate: try NginxMirror(
                    "mtls", listen: "ssl", lines: right.nginxLines + verifying, in: directory),
            ]
            for (index, example) in Self.cases.enumerated() {
                let name = example.testDescription
                let nginx = try #require(servers[example.server])
                var arguments: [String] = []
                if example.trust == .authority { arguments += ["--tls-ca", authority.certificate] }
                if example.trust == .nothing { arguments += ["--tls-insecure"] }
                if example.hasOwnCertificate {
                    arguments += ["--tls-cert", own.certificate, "--tls-key", own.key]
                }
                let agent = try WatchedAgent(
                    mirrorURL: "https://\(example.host):\(nginx.port)/", arguments,
                    in: try TemporaryDirectory())
                let target = "/tls/\(index)"
                let client = try SPOPClient(agent.endpoint)
                try client.notify(SPOPClient.Message(method: "POST", target: target, body: [1]))
                #expect(
                    try agent.account(of: 1) == ["received": 1, "completed": 1, example.outcome: 1],
                    "\(name): \(agent.process.log)")
                let arrives = example.outcome == "responses_2xx"
                #expect(nginx.recorder.requests(for: target).count == (arrives ? 1 : 0), "\(name)")
                if arrives {
                    let copy = try nginx.recorder.request(for: target)
                    let seen = copy.head[NginxMirror.serverNameField] ?? ""
                    // An address is no server name (RFC 6066, section 3); Host stays what the client sent.
                    #expect(seen == (example.host == "localhost" ? "localhost" : ""), "\(name)")
                    #expect(copy.head["host"] == "www.example.test", "\(name)")
                }
                let warnings = agent.process.log.split(separator: "\n").filter {
                    $0.contains("--tls-insecure")
                }
                #expect(warnings.count == (example.trust == .nothing ? 1 : 0), "\(name): \(warnings)")
            }
        }

        /// What a mirror sends over TLS beside its answers, such as tickets, is read with them.
        @Test("a connection over TLS is kept too")
        func keptOverTLS() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let server = try certificates.issue("server", names: ["IP:127.0.0.1"], by: authority)
            let nginx = try NginxMirror(listen: "ssl", lines: server.nginxLines, in: directory)
            let agent = try WatchedAgent(
                mirrorURL: "https://127.0.0.1:\(nginx.port)/",
                ["--tls-ca", authority.certificate, "-n", "1"],
                in: directory)
            let client = try SPOPClient(agent.endpoint)
            for index in 0..<20 {
                try client.notify(SPOPClient.Message(target: "/\(index)"))
                #expect(try agent.account(of: index + 1)["responses_2xx"] == index + 1)
            }
            #expect(Set(nginx.recorder.requests.map { $0.head[NginxMirror.connectionField] }).count == 1)
            #expect(try agent.counters()["mirror_ambiguous"] == 0)
        }

        @Test("A TLS mirror that closes idle connections says goodbye, and nothing more")
        func goodbyeOverTLS() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let server = try certificates.issue("server", names: ["IP:127.0.0.1"], by: authority)
            let nginx = try NginxMirror(
                listen: "ssl", lines: server.nginxLines + ["keepalive_timeout 50ms;"], in: directory)
            let agent = try WatchedAgent(
                mirrorURL: "https://127.0.0.1:\(nginx.port)/",
                ["--tls-ca", authority.certificate, "-n", "1"],
                in: directory)
            let client = try SPOPClient(agent.endpoint)
            for index in 0..<6 {
                try client.notify(SPOPClient.Message(target: "/\(index)"))
                #expect(try agent.account(of: index + 1)["responses_2xx"] == index + 1)
                // Long enough for the mirror to close; what it counts as does not depend on it.
                Thread.sleep(forTimeInterval: 0.2)
            }
            #expect(try agent.counters()["mirror_ambiguous"] == 0)
        }
    }
}
