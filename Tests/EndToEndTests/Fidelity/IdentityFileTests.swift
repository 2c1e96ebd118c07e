import Foundation
import Testing

extension EndToEnd {
    @Suite("Fidelity: the agent's own certificate")
    struct IdentityFileTests {
        @Test("files that are no certificate, no key, or do not belong together are refused at the start")
        func refused() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let own = try certificates.authority("own")
            let other = try certificates.authority("other")
            let locked = directory.file("locked.key")
            try certificates.openssl([
                "pkey", "-in", own.key, "-aes256", "-passout", "pass:x", "-out", locked,
            ])
            let rsa = directory.file("rsa.key")
            try certificates.openssl(["genrsa", "-out", rsa, "2048"])
            let text = try directory.write("no certificate", to: "text")
            let cut = try directory.write(String(contents(of: own.certificate).prefix(300)), to: "cut")
            let pipe = directory.file("pipe")
            try #require(mkfifo(pipe, 0o600) == 0)
            let notCertificate = "cannot be used as a certificate in PEM"
            for (certificate, key, reason) in [
                (text, own.key, notCertificate), (cut, own.key, notCertificate),
                (own.key, own.key, notCertificate),
                (pipe, own.key, "is not a regular file"), (directory.path, own.key, "is not a regular file"),
                (own.certificate, text, "has no private key"),
                (own.certificate, own.certificate, "has no private key"),
                (own.certificate, nil, "has no private key"),
                (own.certificate, pipe, "is not a regular file"),
                (own.certificate, other.key, "does not belong to"),
                (own.certificate, rsa, "does not belong to"),
                (own.certificate, locked, "pass phrase"),
                (own.certificate, directory.file("none"), "cannot be read"),
            ] as [(String, String?, String)] {
                let run = try CommandLineRun(
                    ["--tls-cert", certificate] + (key.map { ["--tls-key", $0] } ?? []) + ["--check"])
                #expect(run.exit == .status(64))
                #expect(run.errorLines.count == 1)
                #expect(run.errors.contains("--tls-") && run.errors.contains(reason), "\(run.errors)")
            }
        }

        @Test("a chain, its key behind it, in one file; an expired certificate is shown, and warned about")
        func chain() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let root = try certificates.authority("root")
            let middle = try certificates.issue(
                "middle", names: ["DNS:middle.example.test"], by: root, isAuthority: true)
            let names = ["IP:127.0.0.1"]
            let own = try certificates.issue("own", names: names, by: middle)
            let expired = try certificates.issue("expired", names: names, by: root, isExpired: true)
            let mirror = try NginxMirror(
                "tls", listen: "ssl",
                lines: certificates.issue("mirror", names: names, by: root).nginxLines + [
                    "ssl_verify_client optional;", "ssl_client_certificate \(root.certificate);",
                    "ssl_verify_depth 2;", "if ($ssl_client_verify != SUCCESS) { return 403; }",
                ], in: directory)
            let all = [own.certificate, middle.certificate, own.key].map(contents(of:)).joined()
            let file = try directory.write(all, to: "all.pem")
            for (arguments, outcome) in [
                (["--tls-cert", file], "responses_2xx"),
                (["--tls-cert", own.certificate, "--tls-key", own.key], "responses_4xx"),
                (["--tls-cert", expired.certificate, "--tls-key", expired.key], "responses_4xx"),
            ] {
                let agent = try WatchedAgent(
                    mirrorURL: "https://127.0.0.1:\(mirror.port)/",
                    ["--tls-ca", root.certificate] + arguments,
                    in: try TemporaryDirectory())
                try SPOPClient(agent.endpoint).notify(SPOPClient.Message())
                #expect(
                    try agent.account(of: 1) == ["received": 1, "completed": 1, outcome: 1],
                    "\(arguments): \(agent.process.log)")
                let isExpired = arguments.contains(expired.certificate)
                #expect(agent.process.log.contains("has expired") == isExpired, "\(agent.process.log)")
            }
        }

        @Test("SIGHUP reads them again; nothing else does, and what cannot be used changes nothing")
        func reload() throws {
            let directory = try TemporaryDirectory()
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let names = ["IP:127.0.0.1"]
            let mirror = try NginxMirror(
                "tls", listen: "ssl",
                lines: certificates.issue("mirror", names: names, by: authority).nginxLines + [
                    "keepalive_timeout 0;", "ssl_session_cache shared:tls:1m;", "ssl_verify_client on;",
                    "ssl_client_certificate \(authority.certificate);",
                ], in: directory)
            let stranger = try certificates.authority("stranger")
            let known = try certificates.issue("known", names: names, by: authority)
            func put(_ certificate: String, _ key: String) throws {
                _ = try directory.write(contents(of: certificate), to: "own.pem")
                _ = try directory.write(contents(of: key), to: "own.key")
            }
            try put(stranger.certificate, stranger.key)
            let agent = try WatchedAgent(
                mirrorURL: "https://127.0.0.1:\(mirror.port)/",
                [
                    "--tls-ca", authority.certificate, "--tls-cert", directory.file("own.pem"), "--tls-key",
                    directory.file("own.key"), "-n", "2",
                ], in: try TemporaryDirectory())
            // One for each worker.
            let clients = [try SPOPClient(agent.endpoint), try SPOPClient(agent.endpoint)]
            var sent = 0
            func sendAll() throws -> [String: Int] {
                for client in clients { try client.notify(SPOPClient.Message(target: "/reload")) }
                sent += clients.count
                return try agent.account(of: sent)
            }
            func reload(expecting line: String) throws {
                let before = agent.process.log.count
                agent.process.send(signal: SIGHUP)
                try eventually("the log says '\(line)'", evidence: { agent.process.log }) {
                    agent.process.log.dropFirst(before).contains(line)
                }
            }

            #expect(try sendAll() == ["received": 2, "completed": 2, "responses_4xx": 2])
            try put(known.certificate, known.key)
            #expect(try sendAll() == ["received": 4, "completed": 4, "responses_4xx": 4])
            try reload(expecting: "certificate and key read again")
            #expect(try sendAll() == ["received": 6, "completed": 6, "responses_4xx": 4, "responses_2xx": 2])
            try put(known.certificate, stranger.key)
            try reload(expecting: "the old certificate and key stay in use")
            #expect(try sendAll() == ["received": 8, "completed": 8, "responses_4xx": 4, "responses_2xx": 4])
            try put(stranger.certificate, stranger.key)
            try reload(expecting: "certificate and key read again")
            #expect(
                try sendAll() == ["received": 10, "completed": 10, "responses_4xx": 6, "responses_2xx": 4])
        }
    }
}
