import Foundation
import Testing

extension EndToEnd {
    /// What programs find missing that are started early, in a chroot, or by somebody in a hurry.
    @Suite("Command line: surroundings")
    struct SurroundingsTests {
        @Test(
            "without /proc the options are followed, and what only /proc tells is left out",
            .enabled(if: skipsNothing || Surroundings.canMount, "SKIPPED: only root can unmount /proc"))
        func noProc() throws {
            let directory = try TemporaryDirectory()
            let (admin, port) = (directory.file("admin.sock"), try Ports.free())
            let metrics = Endpoint.loopback(port)
            let agent = try AgentProcess(
                .loopback(try Ports.free()),
                [
                    "--paused", "--allow-destination", "a.example", "-u", "http://a.example/",
                    "--admin-socket",
                    admin, "--metrics-address", "127.0.0.1:\(port)",
                ], in: directory, launcher: try Surroundings.withoutProc())
            try eventually("the metrics are there") { (try? Socket.connect(to: metrics)) != nil }
            try eventually("the warning is there") { agent.log.contains("there is no /proc") }
            let client = try ChildProcess(
                try Executables.find("unshare"),
                Array(try Surroundings.withoutProc().dropFirst())
                    + [try Executables.mirrorctl(), "-s", admin, "settings"],
                outputFile: directory.file("out"), errorFile: directory.file("err"))
            #expect(try client.wait() == .status(0), "\(client.errors)")
            #expect(client.output.contains("url: http://a.example/ (default"))
            #expect(client.output.contains("paused: yes (default no, from option)"))
            #expect(
                try AdminClient.ask("set url http://b.example/", at: admin).contains("--allow-destination"))
            let text = try HTTPExchange(metrics, "GET /metrics HTTP/1.0\r\n\r\n").text
            #expect(text.contains("\nprocess_cpu_seconds_total 0."))
            for name in ["start_time_seconds", "resident_memory_bytes", "open_fds"] {
                #expect(!text.contains("process_\(name)"))
            }
            #expect(try agent.terminate() == .status(0))
            let mistake = try CommandLineRun(["--frob"], launcher: try Surroundings.withoutProc())
            #expect(mistake.exit == .status(64) && mistake.errorLines.count == 1, "\(mistake.errors)")
        }

        @Test("an argument that is no text is refused as it is, not taken for another one")
        func notText() throws {
            let launcher = ["/bin/sh", "-c", #"exec "$@" "$(printf '/tmp/a\377\001')""#, "sh"]
            let run = try CommandLineRun(["--check", "--state-file"], launcher: launcher)
            #expect(run.exit == .status(64))
            #expect(run.errors == "spoa-mirror: Argument 3 is not UTF-8 text: \"/tmp/a\\xff\\x01\"\n")
            let directory = try TemporaryDirectory()
            let client = try ChildProcess(
                launcher[0], Array(launcher.dropFirst()) + [try Executables.mirrorctl(), "status", "-s"],
                outputFile: directory.file("out"), errorFile: directory.file("err"))
            #expect(try client.wait() == .status(64))
            #expect(client.errors == "mirrorctl: Argument 3 is not UTF-8 text: \"/tmp/a\\xff\\x01\"\n")
        }

        @Test("closed standard descriptors: no socket gets their numbers, and no log line", arguments: 1...7)
        func closed(_ mask: Int) throws { try expectTaken(mask, by: "/dev/null") }

        @Test(
            "the same where there is no /dev/null",
            .enabled(if: skipsNothing || Surroundings.canMount, "SKIPPED: only root can take /dev away"))
        func closedWithoutDevices() throws { try expectTaken(7, by: "/", withoutDevices: true) }

        private func expectTaken(_ mask: Int, by place: String, withoutDevices: Bool = false) throws {
            let mirror = try RecordingMirror()
            let directory = try TemporaryDirectory()
            let agent = try AgentProcess(
                .loopback(try Ports.free()),
                ["-u", "http://127.0.0.1:\(mirror.port)/", "--request-log", "on", "-n", "1", "--allow-core"],
                in: directory,
                launcher: try Surroundings.closing(mask, withoutDevices: withoutDevices))
            for number in 0...2 where mask & 1 << number != 0 {
                let target = try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(agent.pid)/fd/\(number)")
                #expect(target == place, "descriptor \(number)")
            }
            let client = try SPOPClient(agent.endpoint)
            for index in 0..<10 { try client.notify(.init(target: "/\(index)")) }
            _ = try mirror.request(for: "/9", evidence: { agent.log })
            #expect(try agent.terminate() == .status(0))
            #expect(agent.log.contains("info stopped") == (mask & 2 == 0))
        }

        @Test("a client without standard output does not say that all went well", arguments: [2, 3])
        func clientWithoutOutput(_ mask: Int) throws {
            let directory = try TemporaryDirectory()
            let agent = try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", in: directory)
            let launcher = try Surroundings.closing(mask)
            let client = try ChildProcess(
                launcher[0],
                Array(launcher.dropFirst()) + [
                    try Executables.mirrorctl(), "-s", agent.adminSocket, "stats",
                ],
                outputFile: directory.file("out"), errorFile: directory.file("err"))
            #expect(try client.wait() == .status(74))
            #expect(client.errors == "mirrorctl: cannot write: Bad file descriptor\n")
        }
    }
}
