import Foundation
import Testing

extension EndToEnd {
    /// An agent that is started as root: who it is then, and what it can do. Needs root, to have something to give up.
    @Suite(
        "As root",
        .enabled(if: skipsNothing || getuid() == 0, "SKIPPED: needs root, to have something to give up"))
    struct IdentityTests {
        private let directory: TemporaryDirectory
        private static let nobody: uid_t = 65534

        init() throws {
            directory = try TemporaryDirectory()
            chmod(directory.path, 0o755)
        }

        /// A directory that is nobody's.
        private func home() throws -> String {
            let home = directory.file("home")
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: false)
            guard chown(home, Self.nobody, Self.nobody) == 0 else {
                throw HarnessError("chown: errno \(errno)")
            }
            return home
        }

        private func owner(of path: String) -> uid_t? {
            var status = stat()
            return lstat(path, &status) == 0 ? status.st_uid : nil
        }

        @Test("with --user no thread keeps a capability or a group, and all that is asked for later works")
        func becomesNobody() throws {
            let home = try home()
            let (log, pid, admin) = ("\(home)/log", "\(home)/pid", "\(home)/admin")
            let mirror = try RecordingMirror()
            let agent = try AgentProcess(
                .unix("\(home)/spop"),
                [
                    "--user", "nobody", "--group", "65534", "-l", "A:\(log)", "-F", pid, "--admin-socket",
                    admin,
                    "--state-file", "\(home)/state", "-u", "http://127.0.0.1:\(mirror.port)/", "-n", "3",
                ], in: directory)
            try eventually("the admin socket is there") { (try? Socket.connect(to: .unix(admin))) != nil }
            // The socket takes connections before there are workers.
            var threads: [String] = []
            try eventually("three workers", evidence: { "\(threads)" }) {
                threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(agent.pid)/task")
                return threads.count == 4
            }
            for thread in threads {
                let status = contents(of: "/proc/\(agent.pid)/task/\(thread)/status")
                #expect(status.contains("Uid:\t65534\t65534\t65534\t65534\n"), "\(status)")
                #expect(status.contains("Gid:\t65534\t65534\t65534\t65534\nFDSize"), "\(status)")
                #expect(status.contains("Groups:\t \n"), "\(status)")
                for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
                    #expect(status.contains("\(set):\t0000000000000000\n"), "\(status)")
                }
                #expect(status.contains("NoNewPrivs:\t1"))
            }
            try SPOPClient(agent.endpoint).notify(.init(target: "/nobody"))
            _ = try mirror.request(for: "/nobody", evidence: { agent.log })
            for file in [log, pid, admin, "\(home)/spop"] {
                #expect(owner(of: file) == Self.nobody, "\(file)")
            }

            #expect(try AdminClient.ask("set timeout 7s; save state", at: admin).contains("State saved"))
            try FileManager.default.moveItem(atPath: log, toPath: "\(log).1")
            agent.send(signal: SIGHUP)
            try eventually("a new log", evidence: { contents(of: "\(log).1") }) {
                contents(of: log).contains("log reopened")
            }
            #expect(!contents(of: "\(log).1").contains("warning"))
            #expect(try agent.terminate() == .status(0))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: home).sorted() == [
                    "log", "log.1", "state",
                ])
        }

        @Test("what needs root is opened first, and what will not work later is said in one line")
        func rootsDirectory() throws {
            let place = directory.path
            let authorities = try directory.write(
                contents(of: "/etc/ssl/certs/ca-certificates.crt"), to: "ca.pem")
            chmod(authorities, 0o600)
            let agent = try AgentProcess(
                .unix("\(place)/spop"),
                [
                    "--user", "nobody", "-l", "A:\(place)/log", "-F", "\(place)/pid", "--state-file",
                    "\(place)/state", "--admin-socket", "\(place)/admin", "--metrics-address",
                    "unix@\(place)/metrics", "-P", "1000-2000", "--tls-ca", authorities, "-u",
                    "http://127.0.0.1:9/",
                ], in: directory)
            try eventually("it is there", evidence: { contents(of: "\(place)/log") }) {
                contents(of: "\(place)/log").contains("info spoa-mirror")
            }
            let warnings = contents(of: "\(place)/log").split(separator: "\n").filter {
                $0.contains("warning")
            }
            #expect(warnings.count == 1)
            let expected =
                "user 65534, group 65534 will not be able to reopen \(place)/log (SIGHUP), read \(authorities), remove \(place)/pid, remove \(place)/spop, remove \(place)/metrics, remove \(place)/admin, write \(place)/state, use source port 1000"
            #expect(warnings.first?.hasSuffix("warning \(expected)") == true, "\(warnings)")
            #expect(try agent.terminate() == .status(0))
            // Nobody can take it for another process's later.
            #expect(contents(of: "\(place)/pid").isEmpty)
            // And started again, it replaces what it had to leave.
            let again = try AgentProcess(
                .unix("\(place)/spop"), ["--user", "nobody", "-F", "\(place)/pid"], in: directory)
            #expect(try again.terminate() == .status(0))
        }

        @Test("links that the user has put in the way lead root nowhere", arguments: ["log", "pid"])
        func plantedLinks(file: String) throws {
            let home = try home()
            let secret = try directory.write("secret", to: "secret")
            chmod(secret, 0o600)
            try FileManager.default.createSymbolicLink(atPath: "\(home)/\(file)", withDestinationPath: secret)
            let run = try CommandLineRun(
                Endpoint.loopback(try Ports.free()).agentArguments + [
                    "--user", "nobody", "-l", "w:\(home)/log", "-F", "\(home)/pid", "-r", "2m",
                ])
            #expect(run.refusedToStart, "\(run.exit) \(run.errors)")
            #expect(contents(of: secret) == "secret" && owner(of: secret) == 0)
        }

        @Test(
            "it says that it stays root, unless that is what it was told",
            arguments: [[], ["--user", "root"]])
        func staysRoot(options: [String]) throws {
            let agent = try AgentProcess(.loopback(try Ports.free()), options, in: directory)
            #expect(try agent.terminate() == .status(0))
            #expect(agent.log.contains("running as root") == options.isEmpty)
        }

        @Test("a crash leaves no memory behind, unless that is asked for", arguments: [false, true])
        func coreDumps(isAllowed: Bool) throws {
            let agent = try AgentProcess(
                .loopback(try Ports.free()), ["--user", "nobody"] + (isAllowed ? ["--allow-core"] : []),
                in: directory, launcher: [try Executables.find("prlimit"), "--core=1000000"])
            try eventually("it is nobody") {
                contents(of: "/proc/\(agent.pid)/status").contains("Uid:\t65534\t65534\t65534")
            }
            let limits = contents(of: "/proc/\(agent.pid)/limits").split(separator: "\n")
            let core = limits.first { $0.hasPrefix("Max core file size") }?.split(separator: " ")
            #expect(core?.dropFirst(4).first == (isAllowed ? "1000000" : "0"))
            // What cannot be dumped belongs to root there (proc(5)).
            let expected = isAllowed ? Self.nobody : 0
            try eventually("it is set") { owner(of: "/proc/\(agent.pid)/maps") == expected }
        }

        @Test(
            "names and numbers that are none, or are not enough",
            arguments: [
                ["--user", "no-such-user"], ["--group", "no-such-group"], ["--user", "4242424"],
                ["--user", "4294967295", "--group", "1"], ["--user", ""], ["--user", "-1"],
            ])
        func unknown(options: [String]) throws {
            for arguments in [options, options + ["--check"]] {
                let run = try CommandLineRun(arguments)
                #expect(run.exit == .status(64), "\(run.errors)")
                #expect(run.errorLines.count == 1, "\(run.errors)")
            }
            #expect(try CommandLineRun(["--user", "4242424", "--group", "1", "--check"]).exit == .status(0))
        }

        @Test("who is not root can stay who they are, and no more")
        func unprivileged() throws {
            let launcher = try Surroundings.nobody(running: try Executables.agent(), in: directory)
            for options in [["--user", "nobody"], ["--user", "65534"], ["--group", "65534"]] {
                #expect(try CommandLineRun(options + ["--check"], launcher: launcher).exit == .status(0))
            }
            for options in [["--user", "root"], ["--group", "0"], ["--user", "nobody", "--group", "0"]] {
                let run = try CommandLineRun(options + ["--check"], launcher: launcher)
                #expect(run.exit == .status(77) && run.errorLines.count == 1, "\(run.errors)")
            }
        }

        @Test("root that may not become somebody else does not start as root instead")
        func withoutCapability() throws {
            let run = try CommandLineRun(
                Endpoint.loopback(try Ports.free()).agentArguments + ["--user", "nobody", "-r", "2m"],
                launcher: [try Executables.find("setpriv"), "--bounding-set=-setuid,-setgid", "/usr/bin/env"])
            #expect(run.exit == .status(77) && run.errorLines.count == 1, "\(run.errors)")
        }
    }
}
