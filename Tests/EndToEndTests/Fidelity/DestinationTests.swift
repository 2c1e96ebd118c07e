import Testing

extension EndToEnd {
    /// Straight over SPOP: HAProxy has no part in these.
    @Suite("Fidelity: redirects, proxies, link-local addresses")
    struct FidelityDestinationTests {
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
