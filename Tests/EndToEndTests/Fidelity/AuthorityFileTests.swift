import Foundation
import Testing

extension EndToEnd {
    @Suite("Fidelity: the file of authorities")
    struct AuthorityFileTests {
        @Test("one without a certificate, or that is none, is refused at the start")
        func noCertificate() throws {
            let directory = try TemporaryDirectory()
            let text = try directory.write("no certificate", to: "text")
            let pipe = directory.file("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            for (file, reason) in [
                (text, "holds no certificates in PEM"), (pipe, "is not a regular file"),
                (directory.path, "is not a regular file"),
            ] {
                let run = try CommandLineRun(["--tls-ca", file, "--check"])
                #expect(run.exit == .status(64))
                #expect(run.errors.contains("--tls-ca: ") && run.errors.contains(reason), "\(run.errors)")
            }
        }

        @Test("SIGHUP reads it again; one that cannot be read changes nothing")
        func reload() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let (old, new) = (try certificates.authority("old"), try certificates.authority("new"))
            let identity = try certificates.issue("mirror", names: ["IP:127.0.0.1"], by: new)
            let nginx = try NginxMirror("tls", listen: "ssl", lines: identity.nginxLines, in: directory)
            let file = try directory.write(contents(of: old.certificate), to: "authorities.pem")
            let agent = try WatchedAgent(
                mirrorURL: "https://127.0.0.1:\(nginx.port)/", ["--tls-ca", file, "-n", "2"],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            func sendOne() throws { try client.notify(SPOPClient.Message(target: "/reload")) }
            func reload(expecting text: String) throws {
                agent.process.send(signal: SIGHUP)
                try eventually("the log says '\(text)'", evidence: { agent.process.log }) {
                    agent.process.log.contains(text)
                }
            }

            try sendOne()
            #expect(try agent.account(of: 1) == ["received": 1, "completed": 1, "failed_tls": 1])
            _ = try directory.write(contents(of: new.certificate), to: "authorities.pem")
            try reload(expecting: "authorities read again")
            try sendOne()
            #expect(
                try agent.account(of: 2) == [
                    "received": 2, "completed": 2, "failed_tls": 1, "responses_2xx": 1,
                ])
            _ = try directory.write("no certificate", to: "authorities.pem")
            try reload(expecting: "the old authorities stay in use")
            try sendOne()
            #expect(
                try agent.account(of: 3) == [
                    "received": 3, "completed": 3, "failed_tls": 1, "responses_2xx": 2,
                ])
        }

        @Test("an agent that is turned to an https mirror verifies it")
        func turned() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let unknown = try certificates.authority("unknown")
            let identity = try certificates.issue("mirror", names: ["IP:127.0.0.1"], by: unknown)
            let nginx = try NginxMirror("tls", listen: "ssl", lines: identity.nginxLines, in: directory)
            let agent = try WatchedAgent(mirrorURL: "http://127.0.0.1:1/", in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            _ = try agent.ask("set url https://127.0.0.1:\(nginx.port)/")
            try client.notify(SPOPClient.Message(target: "/turned"))
            #expect(try agent.account(of: 1) == ["received": 1, "completed": 1, "failed_tls": 1])
            #expect(nginx.recorder.requests(for: "/turned").isEmpty)
        }
    }
}
