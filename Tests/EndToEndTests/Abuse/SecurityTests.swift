import Foundation
import Testing

extension EndToEnd {
    /// What SECURITY.md promises and no other suite shows.
    @Suite("Security")
    struct SecurityTests {
        private func ask(_ line: String, at path: String) throws -> String {
            let socket = try Socket.connect(to: .unix(path))
            try socket.write("\(line)\n")
            socket.endWriting()
            return String(decoding: try socket.readToEnd(), as: UTF8.self)
        }

        private func admin(_ stage: AbuseStage) -> String { stage.agent.directory.file("admin.sock") }

        @Test("'set url' cannot leave --allow-destination, and says so")
        func setURLStaysInside() throws {
            let other = try RecordingMirror()
            let stage = try AbuseStage([
                "--allow-destination", "127.0.0.1", "--allow-destination", "qa.example:8080",
            ])
            for url in ["http://localhost:\(other.port)/", "http://qa.example/", "http://[::1]/"] {
                let answer = try ask("set url \(url)", at: admin(stage))
                #expect(
                    answer.contains("--allow-destination names (127.0.0.1, qa.example:8080)"), "\(answer)")
            }
            try stage.expectGoodHealth()
            #expect(other.requests.isEmpty)
            #expect(
                try ask("set url http://127.0.0.1:\(other.port)/", at: admin(stage)).contains(
                    "Destination set"))
            try SPOPClient(stage.endpoint).notify(.init(target: "/inside"))
            _ = try other.request(for: "/inside")
        }

        @Test("neither can the state file nor --mirror-url: the agent does not start")
        func startStaysInside() throws {
            let directory = try TemporaryDirectory()
            let state = try directory.write("set url http://evil.test/\n", to: "state")
            let port = String(try Ports.free())
            let common = ["-p", port, "--allow-destination", "qa.example"]
            let stateRun = try AgentProcess.run(
                common + ["-u", "http://qa.example/", "--state-file", state], in: directory)
            #expect(try stateRun.wait() == .status(78))
            #expect(stateRun.errors.contains("line 1"), "\(stateRun.errors)")
            #expect(stateRun.errors.contains("--allow-destination names (qa.example)"))
            let other = try TemporaryDirectory()
            let urlRun = try AgentProcess.run(common + ["-u", "http://evil.test/"], in: other)
            #expect(try urlRun.wait() == .status(64))
            #expect(urlRun.errors.contains("--allow-destination names: qa.example"), "\(urlRun.errors)")
        }

        @Test("with a scheme in --allow-destination, TLS cannot be set away")
        func schemeStays() throws {
            let directory = try TemporaryDirectory()
            let agent = try WatchedAgent(
                mirrorURL: "https://127.0.0.1:9/", ["--allow-destination", "https://127.0.0.1"], in: directory
            )
            for url in ["http://127.0.0.1:9/", "http://127.0.0.1:443/", "HTTP://127.0.0.1/"] {
                let answer = try agent.ask("set url \(url)")
                #expect(answer.contains("--allow-destination names (https://127.0.0.1)"), "\(answer)")
            }
            #expect(try agent.ask("set url https://127.0.0.1:8/").contains("Destination set"))
            let state = try directory.write("set url http://127.0.0.1:9/\n", to: "state")
            let common = ["-p", "\(try Ports.free())", "--allow-destination", "https://127.0.0.1"]
            let stateRun = try CommandLineRun(
                common + ["-u", "https://127.0.0.1:9/", "--state-file", state])
            #expect(stateRun.exit == .status(78), "\(stateRun.errors)")
            let urlRun = try CommandLineRun(common + ["-u", "http://127.0.0.1:9/"])
            #expect(urlRun.exit == .status(64), "\(urlRun.errors)")
        }

        @Test("credentials in a target are in no log and no report")
        func credentials() throws {
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(try Ports.free())/",
                ["--request-log", "query", "--log-level", "trace"], in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            let bad = [HeaderField("host", "h"), HeaderField("a", "b\r\nc: d")]
            try client.notify(.init(target: "http://user:geheim@h/absolute?query=1", fields: bad))
            try client.notify(
                .init(target: "http://user:\(String(repeating: "geheim", count: 200))@h/long", fields: bad))
            try client.notify(.init(method: "connect", target: "user:geheim@h:443"))
            try client.notify(.init(target: "http://user:geheim@h/good"))
            _ = try agent.account(of: 4)
            let errors = try agent.ask("show errors")
            for target in [
                " GET http://...@h/absolute ", " GET http://... ", " connect ...@h:443 ", " GET /good ",
            ] {
                #expect(errors.contains(target), "\(errors)")
            }
            try eventually("the request log has all", evidence: { agent.process.log }) {
                agent.process.log.components(separatedBy: " info request ").count == 5
            }
            #expect(try agent.process.terminate() == .status(0))
            for text in [errors, agent.process.log] { #expect(!text.contains("geheim"), "\(text)") }
            #expect(!errors.contains("query=1"))
        }

        @Test("an admin socket lets its level do what it may, and its mode is what was asked for")
        func adminLevels() throws {
            let directory = try TemporaryDirectory()
            let path = directory.file("user.sock")
            let stage = try AbuseStage(["--admin-socket", "\(path),level=user,mode=600"])
            for line in ["set url http://evil.test/", "pause", "save state", "clear counters", "show errors"]
            {
                #expect(try ask(line, at: path).contains("Permission denied"), "\(line)")
            }
            #expect(try ask("show version", at: path).contains("0."))
            var status = stat()
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            #expect(lstat(admin(stage), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
            try stage.expectGoodHealth()
        }

        @Test("the metrics address tells numbers, and changes nothing")
        func metricsOnlyRead() throws {
            let port = try Ports.free()
            let stage = try AbuseStage(["--metrics-address", "127.0.0.1:\(port)"])
            func status(_ method: String, _ path: String) throws -> Int {
                var client = try RawClient(.loopback(port))
                return try client.exchange(Request(method: method, target: path)).status
            }
            #expect(try status("GET", "/metrics") == 200)
            for (method, path) in [("POST", "/metrics"), ("PUT", "/healthz"), ("DELETE", "/")] {
                #expect(try status(method, path) == 405)
            }
            for path in ["/", "/metrics/..", "/../etc/passwd", "/settings"] {
                #expect(try status("GET", path) == 404)
            }
            // Neither a destination nor a request of a client is among them.
            var client = try RawClient(.loopback(port))
            let text = String(
                decoding: try client.exchange(Request(target: "/metrics")).body, as: UTF8.self)
            #expect(!text.contains("http://") && !text.contains("127.0.0.1"))
            try stage.expectGoodHealth()
        }

        @Test("no field, target or id of a client adds a line to a copy")
        func headerInjection() throws {
            let stage = try AbuseStage()
            let client = try SPOPClient(stage.endpoint)
            let evil = "x\r\nX-Evil: 1"
            let messages: [SPOPClient.Message] = [
                .init(method: "GET / HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET"),
                .init(target: "/ HTTP/1.1\r\nX-Evil: 1"),
                .init(target: "/a b"), .init(fields: [HeaderField("host", evil)]),
                .init(fields: [HeaderField("a", evil)], usesText: false),
                .init(fields: [HeaderField(evil, "a")]), .init(fields: [HeaderField("a", "x\ny")]),
                .init(fields: [HeaderField("a", "x\0y")]),
                .init(fields: [HeaderField("transfer-encoding ", "chunked")]),
                .init(fields: [HeaderField("content-length\t", "5")]),
                .init(fields: [HeaderField(" folded", "x")]), .init(fields: [HeaderField("a b", "x")]),
                .init(fields: [HeaderField("x\u{1}y", "x")]), .init(fields: [HeaderField("x\u{7f}", "x")]),
                .init(fields: [HeaderField("\tfolded", "x")], usesText: true), .init(id: evil),
                .init(id: "\u{b}x"),
            ]
            for message in messages { try client.notify(message) }
            #expect(
                try stage.agent.account(of: messages.count) == [
                    "received": messages.count, "dropped_malformed": messages.count,
                ])
            try stage.expectGoodHealth()
            #expect(stage.mirror.requests.count == 1)
            #expect(stage.mirror.requests.allSatisfy { $0.head["x-evil"] == nil })
        }

        @Test("nothing a peer says breaks a line of the log, or begins one")
        func logInjection() throws {
            let stage = try AbuseStage(["--request-log", "query", "--log-level", "debug"])
            // U+009B begins an escape like ESC [, and U+2028 and U+0085 break lines, where a viewer goes by Unicode.
            let forged =
                "\n2026-01-01T00:00:00.000Z error forged \u{1b}[31m\u{9b}31m\u{2028}\u{85}\u{202e}"
            // The name of a message, the reason of a goodbye, a target, and a word for the admin socket.
            let peer = try stage.greeted()
            try peer.write(
                SPOPFrame(
                    type: SPOPFrame.notify, stream: 1, frame: 1, payload: SPOPFrame.string(forged) + [0]
                ).bytes)
            _ = try peer.read()
            let reason =
                SPOPFrame.string("status-code") + [3, 4] + SPOPFrame.string("message") + [8]
                + SPOPFrame.string(forged)
            _ = try stage.last(words: SPOPFrame(type: 2, payload: reason).bytes, on: peer)
            try SPOPClient(stage.endpoint).notify(.init(target: "/log?\"forged\\\u{e9}"))
            #expect(
                try ask("set mark-header X:\\ \u{9b}31mforged", at: admin(stage)).contains(
                    "control characters"))
            try stage.expectGoodHealth()
            try eventually("the request is in the log", evidence: { stage.agent.process.log }) {
                stage.agent.process.log.contains("/log?")
            }
            let log = stage.agent.process.log
            for door in ["is acknowledged but not mirrored", "HAPROXY-DISCONNECT"] {
                let line = log.split(separator: "\n").first { $0.contains(door) }
                #expect(
                    line?.contains("\\xc2\\x9b31m\\xe2\\x80\\xa8\\xc2\\x85\\xe2\\x80\\xae") == true, "\(log)")
            }
            #expect(!log.contains("\u{1b}"))
            for line in log.split(separator: "\n") {
                #expect(!line.hasPrefix("2026-01-01T00:00:00.000Z"), "\(line)")
                #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(line.debugDescription)")
            }
        }

        @Test(
            "it needs no privileges",
            .enabled(
                if: skipsNothing || NetworkNamespace.isPossible, "SKIPPED: only root can become somebody else"
            ))
        func unprivileged() throws {
            let directory = try TemporaryDirectory()
            // Where nobody else's programs may be looked at, such as in /root, it could not be executed.
            let copy = directory.file("spoa-mirror")
            try FileManager.default.copyItem(atPath: try Executables.agent(), toPath: copy)
            chmod(directory.path, 0o711)
            let mirror = try RecordingMirror()
            let agent = try AgentProcess(
                .loopback(try Ports.free()), ["--mirror-url", "http://127.0.0.1:\(mirror.port)/"],
                in: directory,
                // Where a sanitizer is told to report is not for everybody to write to.
                environment: ["ASAN_OPTIONS": "", "TSAN_OPTIONS": "", "LSAN_OPTIONS": ""],
                launcher: [
                    try Executables.find("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups",
                    "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "/bin/sh", "-c",
                    #"shift; exec "$0" "$@""#, copy,
                ])
            try SPOPClient(agent.endpoint).notify(.init(target: "/nobody"))
            _ = try mirror.request(for: "/nobody", evidence: { agent.log })
            let status = contents(of: "/proc/\(agent.pid)/status")
            #expect(status.contains("Uid:\t65534\t65534"))
            #expect(status.contains("CapEff:\t0000000000000000"))
        }
    }
}
