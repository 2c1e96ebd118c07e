import Foundation
import Testing

extension EndToEnd {
    @Suite("Command line: where the agent listens")
    struct ListenerTests {
        @Test("a port in use is one line and no start")
        func portInUse() throws {
            let port = try Ports.free()
            let occupant = try Socket.listen(on: .loopback(port))
            let run = try CommandLineRun(Endpoint.loopback(port).agentArguments)
            #expect(run.refusedToStart, "\(run.exit) \(run.errors)")
            #expect(run.errors.contains(String(port)))
            occupant.disconnect()
        }

        @Test("an address that is not ours is one line and no start")
        func foreignAddress() throws {
            let run = try CommandLineRun(Endpoint.tcp("192.0.2.1", try Ports.free()).agentArguments)
            #expect(run.refusedToStart, "\(run.exit) \(run.errors)")
            #expect(run.errors.contains("192.0.2.1"))
        }

        @Test("a UNIX socket serves HAProxy", arguments: HAProxyVersion.available)
        func unixSocket(version: HAProxyVersion) throws {
            let scenario = try Scenario(version, agentAt: .unixSocket)
            #expect(try scenario.send(Request(target: "/unix")).status == 200)
            _ = try scenario.copy(of: "/unix")

            // Whoever asks for the same socket while it is served must not take it away.
            let second = try CommandLineRun(scenario.agent.endpoint.agentArguments)
            #expect(second.refusedToStart, "\(second.exit) \(second.errors)")
            #expect(try scenario.send(Request(target: "/unix/still")).status == 200)
            _ = try scenario.copy(of: "/unix/still")

            // A killed agent leaves the socket's file behind, which must not keep the next one from starting.
            scenario.agent.kill()
            try scenario.restartAgent()
            try eventually("HAProxy finds the new agent", evidence: scenario.evidence) {
                try scenario.haproxy.statistics.agentHealth().isUp
            }
            #expect(try scenario.send(Request(target: "/unix/again")).status == 200)
            _ = try scenario.copy(of: "/unix/again")
        }

        private func mode(_ path: String) throws -> mode_t {
            var status = stat()
            try #require(lstat(path, &status) == 0)
            try #require(status.st_mode & S_IFMT == S_IFSOCK)
            return status.st_mode & 0o777
        }

        @Test("a UNIX socket has the mode and group that it was given, or what the umask leaves")
        func modeAndGroup() throws {
            let directory = try TemporaryDirectory()
            let group = try #require(getgrgid(getgid())).pointee.gr_name.map { String(cString: $0) }
            let (spop, metrics) = (directory.file("spop.sock"), directory.file("metrics.sock"))
            for (access, expected) in [
                (",mode=0606", mode_t(0o606)), (",group=\(group ?? "root")", 0o660),
                (",mode=620,group=\(group ?? "root")", 0o620), ("", 0o750),
            ] {
                let process = try AgentProcess.run(
                    ["-a", "unix@\(spop)\(access)", "--metrics-address", "unix@\(metrics)\(access)"],
                    in: directory, launcher: ["/bin/sh", "-c", "umask 027; exec \"$@\"", "sh"])
                try eventually("it answers", evidence: { process.errors }) {
                    (try? HTTPExchange(.unix(metrics), "GET /healthz HTTP/1.1\r\n\r\n"))?.text == "ok\n"
                }
                #expect(try mode(spop) == expected && mode(metrics) == expected, "\(access)")
                process.send(signal: SIGTERM)
                #expect(try process.wait() == .status(0))
                #expect(![spop, metrics].contains(where: FileManager.default.fileExists))
            }
        }

        @Test(
            "IPv6",
            .enabled("SKIPPED: needs IPv6 on the loopback interface") {
                skipsNothing || (try? Socket.listen(on: .tcp("::1", 0))) != nil
            })
        func ipv6() throws {
            let scenario = try Scenario(.debian, agentAt: .ipv6Loopback)
            #expect(try scenario.send(Request(target: "/ipv6")).status == 200)
            _ = try scenario.copy(of: "/ipv6")
        }

        @Test("a host name")
        func hostName() throws {
            let directory = try TemporaryDirectory()
            let port = try Ports.free()
            let process = try AgentProcess.run(["-a", "localhost", "-p", String(port)], in: directory)
            try eventually("the agent accepts on localhost", evidence: { process.errors }) {
                let found = ["127.0.0.1", "::1"].contains { host in
                    (try? Socket.connect(to: .tcp(host, port))) != nil
                }
                #expect(process.isRunning)
                return found || !process.isRunning
            }
        }
    }
}
