import Foundation
import Testing

extension EndToEnd {
    /// What an operator is told of a destination, before and after it is set.
    @Suite("Admin: probes")
    struct ProbeTests {
        private let directory: TemporaryDirectory
        private let old: RecordingMirror
        private let agent: WatchedAgent

        init() throws {
            directory = try TemporaryDirectory()
            old = try RecordingMirror()
            agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(old.port)/", ["--connect-timeout", "400ms"], in: directory)
        }

        private var oldURL: String { "http://127.0.0.1:\(old.port)/" }

        /// A port that takes connections, and nothing happens there.
        private func hangingPort() throws -> (Socket, UInt16) {
            let socket = try Socket.listen(on: .loopback(0))
            return (socket, socket.localPort)
        }

        @Test(
            "the present destination, another one, and one that never answers a request: no request is sent")
        func reachable() throws {
            let never = try RecordingMirror { _ in .hang }
            for (line, port) in [
                ("probe", old.port), ("probe \(oldURL)", old.port),
                ("probe http://127.0.0.1:\(never.port)/x", never.port),
            ] {
                let answer = try agent.ask(line)
                #expect(answer.contains("/"), "\(answer)")
                #expect(answer.contains(" is reachable: 127.0.0.1:\(port), connected in "), "\(answer)")
                #expect(answer.hasSuffix(" ms.\n\n"))
            }
            #expect(old.connections == 2 && never.connections == 1)
            #expect(old.requests.isEmpty && old.failures.isEmpty && never.requests.isEmpty)
            #expect(try agent.ask("show settings").contains(oldURL))
        }

        @Test("set url is in force at once, and says what is wrong")
        func warning() throws {
            let (hanging, port) = try hangingPort()
            let dead = try Ports.free()
            let url = "http://127.0.0.1:\(dead)/"
            #expect(
                try agent.ask("set url \(url)")
                    == "Destination set to \(url) (was \(oldURL)). Warning: connection refused (127.0.0.1:\(dead)).\n\n"
            )
            let socket = try Socket.connect(to: .unix(agent.adminSocket))
            try socket.write("set url https://127.0.0.1:\(port)/; show version; set url \(oldURL)\n")
            try eventually("it is in force while it is probed") {
                try agent.ask("show settings").contains("https://127.0.0.1:\(port)/")
            }
            let answers = String(decoding: try socket.readToEnd(), as: UTF8.self).components(
                separatedBy: "\n\n")
            #expect(answers.count == 4)
            #expect(
                answers[0].hasSuffix(
                    "(was \(url)). Warning: no TLS handshake within 400ms (127.0.0.1:\(port))."))
            #expect("\(answers[1])\n\n" == AdminClient.versionAnswer)
            #expect(answers[2] == "Destination set to \(oldURL) (was https://127.0.0.1:\(port)/).")
            withExtendedLifetime(hanging) {}
        }

        @Test("a destination that comes back by reset is probed as one that is set")
        func reset() throws {
            let dead = try Ports.free()
            let url = "http://127.0.0.1:\(dead)/"
            let agent = try WatchedAgent(mirrorURL: url, in: try TemporaryDirectory())
            let warning = "Warning: connection refused (127.0.0.1:\(dead))."
            _ = try agent.ask("set url \(oldURL)")
            #expect(
                try agent.ask("reset url") == "Destination reset to \(url) (was \(oldURL)). \(warning)\n\n")
            #expect(try agent.ask("reset url") == "Destination is not changed: it is \(url). \(warning)\n\n")
            _ = try agent.ask("set url \(oldURL)")
            #expect(try agent.ask("reset all") == "Reset: url to \(url) (was \(oldURL)). \(warning)\n\n")
            #expect(try agent.ask("reset all") == "No setting is changed.\n\n")
        }

        @Test("require-reachable changes nothing unless it can be reached, in the shell and on the socket")
        func required() throws {
            let dead = try Ports.free()
            let url = "http://127.0.0.1:\(dead)/"
            let refusal = "Destination not changed: connection refused (127.0.0.1:\(dead))."
            #expect(try agent.ask("set url \(url) require-reachable") == "\(refusal)\n\n")
            for words in [
                ["set", "url", url, "--require-reachable"], ["--require-reachable", "set-url", url],
                ["set", "url", url, "require-reachable"],
            ] {
                let run = try MirrorctlRun(words, socket: agent.adminSocket)
                #expect(run.status == 1 && run.errors == "mirrorctl: \(refusal)\n" && run.output.isEmpty)
            }
            #expect(try agent.ask("show settings").contains(oldURL))
            let new = try RecordingMirror()
            let newURL = "http://127.0.0.1:\(new.port)/"
            let run = try MirrorctlRun(
                ["set", "url", newURL, "--require-reachable", "--json"], socket: agent.adminSocket)
            #expect(run.status == 0 && run.output.contains("Destination set to \(newURL) (was \(oldURL))."))
        }

        @Test("mirrorctl probe: one line and an exit code, and JSON for both")
        func client() throws {
            let good = try MirrorctlRun(["probe"], socket: agent.adminSocket)
            #expect(good.status == 0 && good.output.hasPrefix("\(oldURL) is reachable: "))
            let dead = try Ports.free()
            let url = "http://127.0.0.1:\(dead)/"
            let bad = try MirrorctlRun(["probe", url], socket: agent.adminSocket)
            #expect(bad.status == 1)
            #expect(
                bad.errors == "mirrorctl: \(url) is not reachable: connection refused (127.0.0.1:\(dead)).\n")
            let json = try MirrorctlRun(["probe", url, "--json"], socket: agent.adminSocket)
            #expect(json.status == 1 && json.output.contains(#""ok":false"#))
            #expect(json.output.contains("is not reachable: connection refused"))
        }

        @Test("a name that does not exist, and a destination that is not allowed")
        func names() throws {
            let answer = try agent.ask("probe http://nowhere.invalid/")
            #expect(answer.hasPrefix("http://nowhere.invalid/ is not reachable: "), "\(answer)")
            let bounded = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["--allow-destination", "127.0.0.1:9"],
                in: try TemporaryDirectory())
            for line in ["probe \(oldURL)", "set url \(oldURL)", "set url \(oldURL) require-reachable"] {
                let refusal = try bounded.ask(line)
                #expect(refusal.contains("--allow-destination names (127.0.0.1:9)"), "\(refusal)")
            }
            #expect(old.connections == 0)
            let operators = directory.file("operators.sock")
            let leveled = try WatchedAgent(
                mirrorURL: oldURL, ["--admin-socket", "\(operators),level=operator"],
                in: try TemporaryDirectory())
            for line in ["probe", "probe \(oldURL)", "set url \(oldURL)"] {
                #expect(
                    try AdminClient.ask(line, at: operators) == "Permission denied (needs level admin).\n\n")
            }
            #expect(try AdminClient.ask("flush", at: operators).contains("No copy waits"))
            withExtendedLifetime(leveled) {}
        }

        @Test("the wrong certificate, and the right one")
        func certificates() throws {
            let certificates = Certificates(in: directory)
            let authority = try certificates.authority("authority")
            let right = try certificates.issue("right", names: ["IP:127.0.0.1"], by: authority)
            let other = try certificates.issue("other", names: ["DNS:other.test"], by: authority)
            let servers = try [("right", right), ("other", other)].map { name, identity in
                try NginxMirror(name, listen: "ssl http2", lines: identity.nginxLines, in: directory)
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["--tls-ca", authority.certificate, "--http-version", "2"],
                in: try TemporaryDirectory())
            let good = try agent.ask("probe https://127.0.0.1:\(servers[0].port)/")
            #expect(good.contains(" is reachable: "), "\(good)")
            #expect(good.contains(", HTTP/2, certificate of right until "), "\(good)")
            let bad = try agent.ask("set url https://127.0.0.1:\(servers[1].port)/")
            #expect(bad.contains(" Warning: "), "\(bad)")
            let plain = try self.agent.ask("probe https://127.0.0.1:\(servers[0].port)/")
            #expect(plain.contains(" is not reachable: certificate: "), "\(plain)")
            #expect(servers.allSatisfy { $0.recorder.requests.isEmpty })
        }
    }
}
