import Foundation
import Testing

extension EndToEnd {
    /// Straight over SPOP: HAProxy has no part in these.
    @Suite("Fidelity: TLS, redirects, proxies, link-local addresses")
    struct FidelityTransportTests {
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

        @Test("the proxies of the environment are ignored")
        func proxies() throws {
            let mirror = try RecordingMirror()
            let proxy = try RecordingMirror()
            let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
            let environment =
                names.map { ($0, "http://127.0.0.1:\(proxy.port)") } + [("no_proxy", ""), ("NO_PROXY", "")]
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                environment: Dictionary(environment) { $1 }, in: try TemporaryDirectory())
            try SPOPClient(agent.endpoint).notify(SPOPClient.Message(target: "/direct"))
            #expect(try agent.account(of: 1) == ["received": 1, "completed": 1, "responses_2xx": 1])
            #expect(mirror.requests.map(\.target) == ["/direct"])
            #expect(proxy.connections == 0)
        }

        @Test("redirects are not followed", arguments: [301, 302, 303, 307, 308])
        func redirects(status: Int) throws {
            let elsewhere = try RecordingMirror()
            let location = "http://127.0.0.1:\(elsewhere.port)/elsewhere"
            let mirror = try RecordingMirror { _ in
                .response(status: "\(status) Moved", fields: [HeaderField("Location", location)], body: "x")
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            try client.notify(SPOPClient.Message(target: "/moved"))
            try client.notify(SPOPClient.Message(method: "POST", target: "/moved", body: [1]))
            #expect(try agent.account(of: 2) == ["received": 2, "completed": 2, "responses_3xx": 2])
            #expect(mirror.requests.count == 2)
            #expect(elsewhere.connections == 0)
        }

        /// The time for a connection is made far longer than this test may take, so a refusal that came from
        /// anything but the check would not be seen.
        @Test(
            "link-local addresses are refused at once",
            arguments: [
                "http://169.254.169.254/", "http://[fe80::1]/", "http://[febf:ffff::1]:8080/",
                "http://[::ffff:169.254.0.1]/", "https://169.254.1.2:8443/", "http://2852039166/",
            ])
        func linkLocal(url: String) throws {
            let agent = try WatchedAgent(
                mirrorURL: url, ["--connect-timeout", "1h", "--timeout", "1h"], in: try TemporaryDirectory())
            try SPOPClient(agent.endpoint).notify(SPOPClient.Message())
            #expect(try agent.account(of: 1) == ["received": 1, "completed": 1, "failed_connect": 1])
        }

        @Test(
            "URLs the agent does not start with",
            arguments: [
                "http://user:secret@h/", "http://user@h/", "file:///etc/passwd", "ftp://h/", "gopher://h/",
                "h2c://h/", "http://h/#", "http://h/?", "http://127.0.0.1./", "http://256.1.1.1/",
                "http://+1.2.3.4/",
                "http://1.2.3.4.5/",
                "http://./", "http://b\u{FC}cher.example/", "http:///audit", "http:/user:secret@h/",
                "http://h/a{b",
            ])
        func refusedURLs(url: String) throws {
            let run = try CommandLineRun(["--mirror-url", url, "--check"])
            #expect(run.exit == .status(64))
            #expect(run.errorLines.count == 1)
            #expect(!run.errors.contains("secret"))
        }
    }
}
