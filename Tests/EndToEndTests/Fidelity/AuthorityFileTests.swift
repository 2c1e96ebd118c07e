import Foundation
import Testing

extension EndToEnd {
    @Suite("Fidelity: authorities")
    struct AuthorityFileTests {
        @Test("a file without a certificate, or that is none, is refused at the start")
        func noCertificate() throws {
            let directory = try TemporaryDirectory()
            let text = try directory.write("no certificate", to: "text")
            let pipe = directory.file("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            for (file, reason) in [
                (text, "cannot be read as certificates in PEM"), (pipe, "is not a regular file"),
                (directory.path, "is not a regular file"),
            ] {
                let run = try CommandLineRun(["--tls-ca", file, "--check"])
                #expect(run.exit == .status(64))
                #expect(run.errors.contains("--tls-ca: ") && run.errors.contains(reason), "\(run.errors)")
            }
        }

        @Test(
            "SIGHUP reads a file again; what cannot be read changes nothing, who is left out is not trusted any more"
        )
        func reload() throws {
            let stage = try AuthorityStage()
            let (old, new) = (
                try stage.certificates.authority("old"), try stage.certificates.authority("new")
            )
            let nginx = try stage.mirror(knownTo: new)
            let file = try stage.put(contents(of: old.certificate))
            let agent = try WatchedAgent(
                mirrorURL: "https://127.0.0.1:\(nginx.port)/", ["--tls-ca", file, "-n", "2"],
                in: try TemporaryDirectory())
            // One for each worker.
            let clients = [try SPOPClient(agent.endpoint), try SPOPClient(agent.endpoint)]
            var sent = 0
            func sendAll() throws -> [String: Int] {
                for client in clients { try client.notify(SPOPClient.Message(target: "/reload")) }
                sent += clients.count
                return try agent.account(of: sent)
            }

            #expect(try sendAll() == ["received": 2, "completed": 2, "failed_tls": 2])
            try stage.change(contents(of: new.certificate), agent, expecting: "authorities read again")
            #expect(try sendAll() == ["received": 4, "completed": 4, "failed_tls": 2, "responses_2xx": 2])
            try stage.change("no certificate", agent, expecting: "the old authorities stay in use")
            #expect(try sendAll() == ["received": 6, "completed": 6, "failed_tls": 2, "responses_2xx": 4])
            try stage.change(contents(of: old.certificate), agent, expecting: "authorities read again")
            #expect(try sendAll() == ["received": 8, "completed": 8, "failed_tls": 4, "responses_2xx": 4])
        }

        @Test(
            "the system's are read when https is first wanted, and by SIGHUP; when they are gone, the old ones stay",
            .enabled(
                if: skipsNothing || FileMount.isPossible,
                "SKIPPED: what takes the place of the system's file can only be mounted by root")
        )
        func system() throws {
            let stage = try AuthorityStage()
            let authority = try stage.certificates.authority("known")
            let nginx = try stage.mirror(knownTo: authority)
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:1/",
                launcher: FileMount.launcher(
                    stage.put("no certificate"), over: "/etc/ssl/certs/ca-certificates.crt"),
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            func sendOne() throws { try client.notify(SPOPClient.Message(target: "/system")) }

            let turn = "set url https://127.0.0.1:\(nginx.port)/"
            #expect(try agent.ask(turn).contains("But no https mirror is trusted"))
            try sendOne()
            #expect(try agent.account(of: 1) == ["received": 1, "completed": 1, "failed_tls": 1])
            #expect(nginx.recorder.requests(for: "/system").isEmpty)
            try stage.change(contents(of: authority.certificate), agent, expecting: "authorities read again")
            #expect(try !agent.ask(turn).contains("trusted"))
            try sendOne()
            #expect(
                try agent.account(of: 2) == [
                    "received": 2, "completed": 2, "failed_tls": 1, "responses_2xx": 1,
                ])
            try stage.change("gone", agent, expecting: "the old authorities stay in use")
            try sendOne()
            #expect(
                try agent.account(of: 3) == [
                    "received": 3, "completed": 3, "failed_tls": 1, "responses_2xx": 2,
                ])
        }
    }
}

/// A file of authorities that changes, and mirrors that each copy has to be connected for: what is kept is not verified. They
/// offer to go on with TLS sessions.
private struct AuthorityStage {
    let directory: TemporaryDirectory
    let certificates: Certificates

    init() throws {
        directory = try TemporaryDirectory()
        certificates = Certificates(in: directory)
    }

    func mirror(knownTo authority: Certificates.Identity) throws -> NginxMirror {
        let identity = try certificates.issue("mirror", names: ["IP:127.0.0.1"], by: authority)
        return try NginxMirror(
            "tls", listen: "ssl",
            lines: identity.nginxLines + ["keepalive_timeout 0;", "ssl_session_cache shared:tls:1m;"],
            in: directory)
    }

    func put(_ text: String) throws -> String { try directory.write(text, to: "authorities.pem") }

    /// Changes the file and has `agent` read it.
    func change(_ text: String, _ agent: WatchedAgent, expecting line: String) throws {
        _ = try put(text)
        let before = agent.process.log.count
        agent.process.send(signal: SIGHUP)
        try eventually("the log says '\(line)'", evidence: { agent.process.log }) {
            agent.process.log.dropFirst(before).contains(line)
        }
    }
}
