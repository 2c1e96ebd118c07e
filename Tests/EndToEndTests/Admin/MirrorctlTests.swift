import AdminSocket
import Foundation
import Testing

extension EndToEnd {
    /// The client: its verbs, and the exit codes that scripts trust.
    @Suite("Admin: mirrorctl")
    struct MirrorctlTests: ClientSuite {
        let stage: ClientStage

        init() throws { stage = try ClientStage() }

        @Test(
            "verbs that change something",
            arguments: [
                (
                    ["set-url", "http://127.0.0.1:8/"],
                    "Destination set to http://127.0.0.1:8/ (was http://127.0.0.1:9/). Warning: connection refused (127.0.0.1:8)."
                ),
                (["set-sample-rate", "10%"], "Sample rate set to 10% (was 100%)."),
                (["pause"], "Mirroring paused."), (["pause", "--for", "10m"], "Mirroring paused for 10m."),
                (["pause", "10m"], "Mirroring paused for 10m."),
                (["clear", "counters"], "Counters cleared."),
                (
                    ["set", "url", "http://127.0.0.1:7/"],
                    "Destination set to http://127.0.0.1:7/ (was http://127.0.0.1:9/). Warning: connection refused (127.0.0.1:7)."
                ),
                (["wait", "drained", "3s"], "Drained."), (["wait", "drained"], "Drained."),
                (["resume"], "Mirroring resumed."), (["clear-counters"], "Counters cleared."),
                (["set", "max-queue", "7"], "Max queue set to 7 (was 10000)."),
                (
                    ["set", "mark-header", "X-A: b;c\\d"],
                    "Mark header set to X-A: b;c\\d (was X-Mirrored-By: spoa-mirror)."
                ),
                (["wait-drained"], "Drained."),
            ])
        func changes(_ arguments: [String], _ expected: String) throws {
            let done = try MirrorctlRun(arguments, socket: agent.adminSocket)
            #expect(done.output == "\(expected)\n" && done.errors.isEmpty && done.status == 0)
            let quiet = try MirrorctlRun(["-q"] + arguments, socket: agent.adminSocket)
            #expect(quiet.output.isEmpty && quiet.status == 0)
        }

        @Test("an answer that cannot be written is no success")
        func fullDisk() throws {
            let run = try MirrorctlRun(["stats"], socket: agent.adminSocket, outputFile: "/dev/full")
            #expect(run.status == 74)
            #expect(run.errors == "mirrorctl: cannot write: No space left on device\n")
        }

        @Test("verbs that show something")
        func shows() throws {
            #expect(try run("settings").output.contains("sample-rate: 100% (default 100%, from default)\n"))
            #expect(try run("stats").output.contains("received: 0\n"))
            #expect(try run("metrics").output.contains("spoa_mirror_enabled 1\n"))
            #expect(try run("errors").output.isEmpty)
            #expect(try run("connections").status == 0)
            #expect(
                try run("raw", "show version; show version").output == AdminClient.versionAnswer
                    + AdminClient.versionAnswer)
            #expect(try run("raw", "show", "version").output == AdminClient.versionAnswer)
            for verb in ["status", "settings", "stats", "errors", "connections"] {
                let text = try run(verb, "--json").output
                let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
                #expect(value?["format"] as? Int == (verb == "status" ? 2 : 1), "\(verb)")
            }
        }

        @Test("the status fits a terminal, and has no colour in a file")
        func status() throws {
            let text = try run("status").output
            #expect(text.hasPrefix("spoa-mirror \(Release.number)  IDLE for "))
            #expect(text.contains(": no requests since the start\n"))
            #expect(!text.contains("unsaved") && !text.contains("state file"))
            #expect(
                text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { $0.count <= 80 })
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 24)
            #expect(!text.contains("\u{1B}"))
        }

        @Test("the status tells what a restart would undo, and which options the state file overrides")
        func kept() throws {
            _ = try agent.ask("set url http://127.0.0.1:8/; save state; set timeout 3s; set max-queue 7")
            let text = try run("status").output
            #expect(text.contains("\n  unsaved      2: max-queue, timeout\n"), "\(text)")
            #expect(text.contains("\n  state file   overrides --mirror-url http://127.0.0.1:9/\n"))
            _ = try agent.ask(
                "set max-queue-age 1s; set connect-timeout 1s; set max-in-flight 1; set max-connecting 1")
            let many = try run("status").output
            #expect(many.contains(" and 3 more\n"), "\(many)")
            #expect(many.split(separator: "\n").allSatisfy { $0.count <= 80 })
            let json = try run("status", "--json").output
            #expect(json.contains("\"overridden_options\":[\"--mirror-url http://127.0.0.1:9/\"]"))
            #expect(json.contains("\"unsaved\":[\"max-in-flight\",\"max-connecting\","))
            let none = try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", in: try TemporaryDirectory())
            _ = try none.ask("pause")
            #expect(
                try MirrorctlRun(["status"], socket: none.adminSocket).output.contains(
                    "\n  unsaved      1: pause, and no state file\n"))
        }

        @Test("metrics go to a file at once, or not at all")
        func metricsFile() throws {
            let file = directory.file("mirror.prom")
            #expect(try run("metrics", "-o", file).status == 0)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.hasPrefix("# HELP spoa_mirror_build_info") && text.hasSuffix("\n"))
            let failed = try run("metrics", "-o", "/nonexistent/mirror.prom")
            #expect(failed.status == 73)
            #expect(
                failed.errors
                    == "mirrorctl: cannot write /nonexistent/mirror.prom: No such file or directory\n")
        }

        @Test("metrics - is standard output, and so is a link that leads there")
        func metricsToOutput() throws {
            for output in ["-", "/dev/stdout", "/dev/fd/1"] {
                let run = try run("metrics", "-o", output)
                #expect(run.status == 0 && run.output.hasPrefix("# HELP spoa_mirror_build_info"), "\(output)")
            }
            #expect(try run("-q", "metrics", "-o", "-").output.isEmpty)
        }

        @Test("metrics go into a device or a pipe, which stays what it is")
        func metricsToDevice() throws {
            // Not the machine's own: a client that replaced it would leave it so.
            let device = directory.file("null")
            if mknod(device, S_IFCHR | 0o666, 1 << 8 | 3) == 0 {
                #expect(try run("metrics", "-o", device).status == 0)
                var status = stat()
                #expect(lstat(device, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
            }
            let pipe = directory.file("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            let unread = try run("-t", "0.2", "metrics", "-o", pipe)
            #expect(unread.status == 73)
            #expect(unread.errors == "mirrorctl: cannot write \(pipe): nobody reads there\n")
            let reader = try ChildProcess(
                try Executables.find("cat"), [pipe], outputFile: directory.file("read"),
                errorFile: directory.file("err"))
            #expect(try run("metrics", "-o", pipe).status == 0)
            #expect(try reader.wait() == .status(0))
            #expect(reader.output.hasPrefix("# HELP spoa_mirror_build_info"))
            var status = stat()
            #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        }

        @Test("metrics replace nothing but a regular file, by its own name")
        func metricsToOtherThings() throws {
            let precious = try directory.write("precious", to: "precious")
            let (link, dangling) = (directory.file("link"), directory.file("dangling"))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: precious)
            try FileManager.default.createSymbolicLink(
                atPath: dangling, withDestinationPath: "/nonexistent/x")
            for (path, reason) in [
                (link, "it is a symbolic link"), (dangling, "it is a symbolic link"),
                (directory.path, "it is a directory"), (agent.adminSocket, "it is a socket"),
            ] {
                let run = try run("metrics", "-o", path)
                #expect(run.status == 73)
                #expect(run.errors == "mirrorctl: cannot write \(path): \(reason)\n")
            }
            #expect(contents(of: precious) == "precious")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == precious)
            try FileManager.default.linkItem(atPath: precious, toPath: directory.file("other.prom"))
            #expect(try run("metrics", "-o", directory.file("other.prom")).status == 0)
            #expect(contents(of: precious) == "precious")
        }

        @Test("what the daemon refuses is 1, and a time-out 75")
        func refused() throws {
            let refused = try run("set-sample-rate", "150%")
            #expect(refused.status == 1)
            #expect(refused.errors == "mirrorctl: Value out of range: '150%' (0% to 100% expected).\n")
            #expect(try run("raw", "show version; frob").status == 1)
            let mirror = try RecordingMirror { _ in .hang }
            #expect(try run("set-url", "http://127.0.0.1:\(mirror.port)/").status == 0)
            try SPOPClient(agent.endpoint).notify(.init())
            let late = try run("-t", "0.2", "wait-drained")
            #expect(late.status == 75)
            #expect(late.errors == "mirrorctl: Timed out.\n")
        }

        @Test(
            "a mistake in the command line is one line and 64",
            arguments: [
                [], ["frob"], ["set-url"], ["status", "-t", "0"], ["raw", "a\\"], ["raw", " "],
                ["pause", "10m", "--for", "5m"], ["help", "frob"], ["raw"], ["raw", "prompt"],
                ["raw", "show info; set severity-output none"],
            ])
        func usage(_ arguments: [String]) throws {
            let run = try MirrorctlRun(arguments, socket: agent.adminSocket)
            #expect(run.status == 64)
            #expect(run.errors.split(separator: "\n").count == 1)
            #expect(run.output.isEmpty)
        }

        @Test("no daemon, one that hangs, and one that is something else")
        func others() throws {
            let missing = try MirrorctlRun(["-s", "/nonexistent.sock", "status"])
            #expect(missing.status == 3)
            #expect(
                missing.errors
                    == "mirrorctl: no spoa-mirror answers on /nonexistent.sock: No such file or directory\n")
            let path = directory.file("hanging.sock")
            let hanging = try Socket.listen(on: .unix(path))
            let run = try MirrorctlRun(["-s", path, "-t", "0.2", "status"])
            #expect(run.status == 75)
            #expect(run.errors == "mirrorctl: no answer on \(path) in time\n")
            withExtendedLifetime(hanging) {}
        }

        @Test(
            "one that speaks something else",
            arguments: [
                ("HTTP/1.1 400 Bad Request\n\nno\n\n", "it says \"HTTP/1.1 400 Bad Request\""),
                ("", "it closed the connection without an answer"), ("\nName: x\n", "the answer broke off"),
            ])
        func garbage(_ says: String, _ reason: String) throws {
            let path = directory.file("other.sock")
            let other = try Socket.listen(on: .unix(path))
            onThread {
                guard let connection = other.accept() else { return }
                _ = try? connection.read()
                try? connection.write(says)
            }
            let run = try MirrorctlRun(["-s", path, "status"])
            #expect(run.status == 3)
            #expect(run.errors == "mirrorctl: no spoa-mirror answers on \(path): \(reason)\n")
        }

        @Test("one that closes it to make room for another is busy, in its own words")
        func closedForAnother() throws {
            let path = directory.file("crowded.sock")
            let crowded = try Socket.listen(on: .unix(path))
            let words = "Too many connections (32 at most): this one was idle longest"
            onThread {
                // Before the line is read: the client may find the connection closed while it sends.
                try? crowded.accept()?.write("\(words)\n\n")
            }
            let run = try MirrorctlRun(["-s", path, "pause"])
            #expect(run.status == 75)
            #expect(run.errors == "mirrorctl: \(words)\n")
        }
    }
}
