import Foundation
import Testing

extension EndToEnd {
    @Suite("A service manager")
    struct ServiceManagerTests {
        @Test("hears of readiness, state, reload and end", arguments: [false, true])
        func lifeCycle(isAbstract: Bool) throws {
            let directory = try TemporaryDirectory()
            let manager = try NotifyListener((isAbstract ? "@" : "") + directory.file("notify"))
            let endpoint = Endpoint.loopback(try Ports.free())
            // -D, as in the options that people have in their files: the process must stay nevertheless.
            let agent = try AgentProcess.run(
                endpoint.agentArguments + ["-D", "-i", "100ms", "-r", "2m", "--drain-timeout", "3s"],
                in: directory, environment: ["NOTIFY_SOCKET": manager.address])
            _ = try manager.wait(for: "READY=1") { agent.errors }
            // Not eventually: that it listens is what the message says.
            #expect(throws: Never.self) { try Socket.connect(to: endpoint) }
            #expect(agent.isRunning)
            _ = try manager.wait(
                for:
                    "STATUS=idle: no requests since the start; mirrors to http://localhost:10100/: 0 requests/s, "
            )

            agent.send(signal: SIGHUP)
            let reloading = try manager.wait(for: "RELOADING=1")
            #expect(reloading.contains("\nMONOTONIC_USEC="))
            _ = try manager.wait(for: "READY=1")

            agent.send(signal: SIGTERM)
            let stopping = try manager.wait(for: "STOPPING=1")
            #expect(stopping.contains("EXTEND_TIMEOUT_USEC=8000000"))
            #expect(try agent.wait() == .status(0))
            #expect(agent.output.contains("ignoring -D: started by a service manager"))
            #expect(!manager.messages.contains { $0.contains("WATCHDOG") })
        }

        private static let idle = "idle: no requests since the start; mirrors to http://127.0.0.1:"

        /// One whose monitor interval ends after the test, and its manager.
        private func slowAgent() throws -> (WatchedAgent, NotifyListener) {
            let directory = try TemporaryDirectory()
            let manager = try NotifyListener(directory.file("notify"))
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", ["-i", "1h"],
                environment: ["NOTIFY_SOCKET": manager.address], in: directory)
            _ = try manager.wait(for: "STATUS=\(Self.idle)9/")
            return (agent, manager)
        }

        @Test("hears of each change of the state when it is made")
        func changes() throws {
            let (agent, manager) = try slowAgent()
            for (command, state) in [
                ("pause", "paused"), ("resume", "\(Self.idle)9/"),
                ("set url http://127.0.0.1:8/", "\(Self.idle)8/"), ("pause 1s", "paused: until "),
            ] {
                _ = try agent.ask(command)
                let heard = try manager.wait(for: "STATUS=")
                let isWhole = !state.hasSuffix(" ")
                #expect(
                    isWhole ? heard == "STATUS=\(state)" : heard.hasPrefix("STATUS=\(state)"),
                    "after \(command)")
            }
            // The end of the pause, which nobody asks for.
            #expect(try manager.wait(for: "STATUS=") == "STATUS=\(Self.idle)8/")
        }

        @Test("hears of a flood of changes now and then, and of the last")
        func flood() throws {
            let (agent, manager) = try slowAgent()
            let line = Array(repeating: "pause;resume", count: 32).joined(separator: ";")
            for _ in 0..<100 {
                _ = try agent.ask(line)
                manager.receive()
            }
            _ = try agent.ask("set url http://127.0.0.1:7/")
            _ = try manager.wait(for: "STATUS=\(Self.idle)7/")
            // 6400 changes: more than some in a second, whatever the machine.
            #expect(manager.messages.count < 640, "\(manager.messages.count) messages")
        }

        @Test("that reads nothing, or is not there, holds nothing up", arguments: [false, true])
        func deafManager(isThere: Bool) throws {
            let directory = try TemporaryDirectory()
            let path = directory.file("notify")
            let manager = isThere ? try NotifyListener(path) : nil
            // Far more messages than the socket holds.
            let agent = try AgentProcess(
                .loopback(try Ports.free()), ["-i", "1ms", "-r", "2m"], in: directory,
                environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "4000"])
            for _ in 0..<20 { _ = try SPOPClient(agent.endpoint) }
            #expect(try agent.terminate() == .status(0))
            withExtendedLifetime(manager) {}
        }

        @Test("an address that is none costs one line, not the start")
        func badAddress() throws {
            let directory = try TemporaryDirectory()
            let agent = try AgentProcess(
                .loopback(try Ports.free()), [], in: directory,
                environment: ["NOTIFY_SOCKET": "vsock:2:1234"])
            #expect(try agent.terminate() == .status(0))
            let lines = agent.log.split(separator: "\n").filter { $0.contains("NOTIFY_SOCKET") }
            #expect(lines.count == 1 && lines[0].contains("expected "), "\(lines)")
        }

        @Test("watches another process: nothing is fed")
        func watchesAnother() throws {
            let directory = try TemporaryDirectory()
            let manager = try NotifyListener(directory.file("notify"))
            let agent = try AgentProcess(
                .loopback(try Ports.free()), ["-i", "10ms"], in: directory,
                environment: [
                    "NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "40000", "WATCHDOG_PID": "1",
                ])
            // Feeding begins with the loop's first pass, before it follows a signal.
            for _ in 0..<3 {
                agent.send(signal: SIGHUP)
                _ = try manager.wait(for: "RELOADING=1")
                _ = try manager.wait(for: "READY=1")
            }
            #expect(!manager.messages.contains("WATCHDOG=1"))
            #expect(try agent.terminate() == .status(0))
        }

        @Test("is fed until a worker hangs, and hears no more then")
        func stuckWorker() throws {
            let directory = try TemporaryDirectory()
            let manager = try NotifyListener(directory.file("notify"))
            // A process that cannot be dumped cannot be traced either.
            let agent = try AgentProcess(
                .loopback(try Ports.free()), ["-n", "2", "--allow-core"], in: directory,
                environment: ["NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "400000"])
            for _ in 0..<8 { _ = try manager.wait(for: "WATCHDOG=1") }

            try withoutThread(named: "spoa-worker-0", of: agent.pid) {
                try eventually("the worker is missed", evidence: { agent.log }) {
                    agent.log.contains("is not responding: withholding watchdog keep-alives")
                }
                manager.receive()
                let fed = manager.messages.count
                // The rest of the agent lives on, so that what follows would be heard.
                agent.send(signal: SIGHUP)
                _ = try manager.wait(for: "RELOADING=1")
                #expect(!manager.messages[fed...].contains("WATCHDOG=1"))
            }
            agent.kill()
        }
    }
}

/// Stops one thread and lets the others run, as only a debugger can (ptrace(2)), while `body` runs. All of it on one thread: the
/// kernel lets nobody else have the stopped one go on.
private func withoutThread(named name: String, of process: pid_t, _ body: () throws -> Void) throws {
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
    let thread = threads.first { thread in
        let file = "/proc/\(process)/task/\(thread)/comm"
        return (try? String(contentsOfFile: file, encoding: .utf8)) == "\(name)\n"
    }
    let (seize, interrupt, detach, anyThread) = (0x4206, 0x4207, 17, Int32(0x4000_0000))
    var status: Int32 = 0
    guard let thread = thread.flatMap({ Int($0) }), ptrace(seize, thread, 0, 0) == 0,
        ptrace(interrupt, thread, 0, 0) == 0, waitpid(pid_t(thread), &status, anyThread) == thread
    else { throw HarnessError("no thread \(name) that can be stopped: \(threads), \(errno)") }
    defer { _ = ptrace(detach, thread, 0, 0) }
    try body()
}

/// Swift does not import functions that take as many arguments as one likes.
@_silgen_name("ptrace")
private func ptrace(_ request: Int, _ thread: Int, _ address: Int, _ data: Int) -> Int
