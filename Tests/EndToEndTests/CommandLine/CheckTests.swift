import Foundation
import Testing

extension EndToEnd {
    /// `--check` and `--check-service`.
    @Suite("Command line: check")
    struct CheckTests {
        private let directory: TemporaryDirectory

        init() throws { directory = try TemporaryDirectory() }

        private var names: [String] {
            get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }
        }

        @Test("all problems are told, one a line, with what is expected")
        func tellsAll() throws {
            let folder = directory.file("none")
            let run = try CommandLineRun([
                "--check", "-p", "70000", "--frob", "-n99", "-u", "ftp://a.example/", "-l", "\(folder)/log",
                "-F",
                "\(folder)/pid", "--admin-socket", "\(folder)/admin", "--state-file", "\(folder)/state",
                "--tls-ca", "\(folder)/ca.pem", "--user", "no-such-user",
            ])
            #expect(run.exit == .status(64))
            #expect(run.output.isEmpty)
            for text in [
                "'70000'", "'--frob'", "'99'", "ftp://a.example/", "--logfile: ", "--pidfile: ",
                "--admin-socket: ",
                "--state-file: ", "--tls-ca: ", "'no-such-user'",
            ] {
                #expect(run.errorLines.filter { $0.contains(text) }.count == 1, "\(text): \(run.errors)")
            }
            #expect(run.errorLines.last == "spoa-mirror: configuration not OK: 10 problems", "\(run.errors)")
            #expect(run.errorLines.count == 11, "\(run.errors)")
        }

        @Test("nothing is made, emptied or left behind")
        func leavesNothing() throws {
            let log = try directory.write("a line\n", to: "log")
            let before = try names
            let run = try CommandLineRun([
                "--check", "-p", "\(try Ports.free())", "-l", "w:\(log)", "-F", directory.file("pid"),
                "--admin-socket",
                directory.file("admin"), "--state-file", directory.file("state"), "--metrics-address",
                "unix@\(directory.file("metrics"))", "-u", "http://127.0.0.1:9/",
            ])
            #expect(run.exit == .status(0), "\(run.errors)")
            #expect(run.output.hasSuffix("spoa-mirror: configuration OK\n"))
            #expect(run.errors.isEmpty)
            #expect(try names == before)
            #expect(contents(of: log) == "a line\n")
        }

        @Test("beside the running agent, its address and files are a note, and it goes on")
        func besideRunning() throws {
            let (pid, admin) = (directory.file("pid"), directory.file("admin"))
            let port = try Ports.free()
            let options = [
                "-F", pid, "--admin-socket", admin, "-u", "http://127.0.0.1:9/", "--state-file",
                directory.file("state"),
            ]
            let agent = try AgentProcess(.loopback(port), options, in: directory)
            try eventually("the admin socket is there") { (try? Socket.connect(to: .unix(admin))) != nil }
            let run = try CommandLineRun(["--check", "-p", "\(port)"] + options)
            #expect(run.exit == .status(0), "\(run.errors)")
            for place in ["127.0.0.1:\(port)", pid, "unix@\(admin)"] {
                #expect(run.output.contains("\(place) is in use"), "\(run.output)")
            }
            #expect(try AdminClient.ask("show info", at: admin).contains("Name: spoa-mirror"))
            #expect(!agent.log.contains("connection"), "\(agent.log)")
            #expect(try agent.terminate() == .status(0))
        }

        @Test("an address of another program is a problem, and says whose")
        func inUse() throws {
            let mirror = try RecordingMirror()
            let run = try CommandLineRun(["--check", "-p", "\(mirror.port)", "-u", "http://127.0.0.1:9/"])
            #expect(run.exit == .status(69))
            #expect(run.errors.contains("--address: 127.0.0.1:\(mirror.port) is in use by "), "\(run.errors)")
            #expect(run.errors.contains("process \(getpid()); end it"), "\(run.errors)")
            #expect(run.errorLines.count == 1)
        }

        @Test("files that are something else")
        func wrongFiles() throws {
            let file = try directory.write("chap secrets\n", to: "file")
            for (option, reason) in [
                ("--admin-socket", "is not a socket"), ("--pidfile", "is no process id"),
                ("--state-file", "expected"),
                ("--tls-ca", "no certificate"),
            ] {
                let run = try CommandLineRun(["--check", "-p", "\(try Ports.free())", option, file])
                #expect(run.errorLines.count == 1 && run.errors.contains(reason), "\(option): \(run.errors)")
                #expect(run.exit != .status(0))
            }
        }

        @Test(
            "as root for somebody else, what that one may do counts, and root's help where the start has it too"
        )
        func otherUser() throws {
            guard getuid() == 0 else { return }
            chmod(directory.path, 0o755)
            let run = try CommandLineRun([
                "--check", "-p", "\(try Ports.free())", "--user", "nobody", "-l", directory.file("log"),
                "-u", "http://127.0.0.1:9/",
            ])
            #expect(run.exit == .status(0), "\(run.errors)")
            #expect(
                run.output.contains("will not be able to reopen \(directory.file("log"))"), "\(run.output)")
        }
    }
}
