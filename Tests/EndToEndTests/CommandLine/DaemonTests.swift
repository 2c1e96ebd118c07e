import Foundation
import Testing

extension EndToEnd {
    @Suite("Command line: the daemon")
    struct DaemonTests {
        @Test("starts in the background, answers at once, and cleans up")
        func daemonizes() throws {
            let directory = try TemporaryDirectory()
            let pidFile = directory.file("agent.pid")
            let endpoint = Endpoint.loopback(try Ports.free())
            // A bound on its life: nothing else would end it if this test crashed.
            let parent = try AgentProcess.run(
                endpoint.agentArguments + [
                    "-D", "-F", pidFile, "-l", "w:\(directory.file("agent.log"))", "-r", "2m", "--allow-core",
                ], in: directory)
            #expect(try parent.wait() == .status(0), "\(parent.errors)")

            // Not eventually: that it listens is what the parent's exit promised.
            #expect(throws: Never.self) { try Socket.connect(to: endpoint) }
            let pid = try #require(
                pid_t(contents(of: pidFile).trimmingCharacters(in: .whitespacesAndNewlines)))
            defer { kill(pid, SIGKILL) }
            #expect(pid != parent.pid)
            #expect(isAlive(pid))
            #expect(getsid(pid) != getsid(0), "still in the caller's session")
            for descriptor in 0...2 {
                let target = try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(pid)/fd/\(descriptor)")
                #expect(target == "/dev/null", "descriptor \(descriptor) still the caller's")
            }

            kill(pid, SIGTERM)
            try eventually("the daemon ends", evidence: { contents(of: directory.file("agent.log")) }) {
                !isAlive(pid)
            }
            #expect(!FileManager.default.fileExists(atPath: pidFile))
            #expect((try? Socket.connect(to: endpoint)) == nil)
        }

        @Test("says so if it could not start")
        func reportsFailure() throws {
            let directory = try TemporaryDirectory()
            let port = try Ports.free()
            let occupant = try Socket.listen(on: .loopback(port))
            let pidFile = directory.file("agent.pid")
            let run = try CommandLineRun(
                Endpoint.loopback(port).agentArguments + ["-D", "-F", pidFile, "-r", "2m"])
            #expect(run.refusedToStart, "\(run.exit) \(run.errors)")
            #expect(!FileManager.default.fileExists(atPath: pidFile))
            occupant.disconnect()
        }

        @Test("a pid file that cannot be written is one line and no start", arguments: [[], ["-D"]])
        func unwritablePidFile(mode: [String]) throws {
            let endpoint = Endpoint.loopback(try Ports.free())
            let run = try CommandLineRun(
                endpoint.agentArguments + mode + ["-F", "/nonexistent/agent.pid", "-r", "2m"])
            #expect(run.refusedToStart, "\(run.exit) \(run.errors)")
            try eventually("nobody listens") { (try? Socket.connect(to: endpoint)) == nil }
        }

        /// A process that has ended but that nobody has waited for yet counts as gone.
        private func isAlive(_ pid: pid_t) -> Bool {
            let status = contents(of: "/proc/\(pid)/stat")
            // `pid (name) state ...`, and the name may hold anything.
            guard let name = status.lastIndex(of: ")") else { return false }
            return !status[name...].hasPrefix(") Z") && !status[name...].hasPrefix(") X")
        }
    }
}
