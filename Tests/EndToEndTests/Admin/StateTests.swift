import Foundation
import Testing

extension EndToEnd {
    /// The state that the agent says it is in, while its mirror is dead, hangs, fails and comes back.
    @Suite("Admin: state")
    struct StateTests {
        /// Windows that a test can wait for.
        private static let short = [
            "--unreachable-after", "1s", "--state-window", "2s", "--timeout", "300ms", "-i", "100ms",
        ]

        private func agent(
            of port: UInt16, _ arguments: [String] = [], environment: [String: String] = [:],
            in directory: TemporaryDirectory? = nil
        ) throws -> WatchedAgent {
            try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(port)/", Self.short + arguments, environment: environment,
                in: try directory ?? TemporaryDirectory())
        }

        /// Sends requests until the agent is in `state`; returns what it says of it.
        @discardableResult
        private func send(to agent: WatchedAgent, until state: String) throws -> String {
            let client = try SPOPClient(agent.endpoint)
            var last = ""
            return try eventually("\(state)", evidence: { "\(last)\n\(agent.process.log)" }) {
                try client.notify(.init())
                last = try agent.ask("show info")
                return last.contains("\nState: \(state)\n") ? last : nil
            }
        }

        private func wait(for agent: WatchedAgent, _ state: String) throws {
            var last = ""
            try eventually("\(state)", evidence: { "\(last)\n\(agent.process.log)" }) {
                last = try agent.ask("show info")
                return last.contains("\nState: \(state)\n")
            }
        }

        @Test(
            "a mirror that is dead, and comes back",
            arguments: [[], ["--http-version", "2-prior-knowledge"]])
        func dead(_ arguments: [String]) throws {
            let port = try Ports.free()
            let agent = try agent(of: port, arguments)
            #expect(try agent.ask("show info").contains("\nState: idle\n"))
            let info = try send(to: agent, until: "unreachable")
            #expect(info.contains("\nState_reason: no connection (Connection refused)\n"), "\(info)")
            #expect(
                info.contains("\nLast_answer_age_sec: never\n") && info.contains("\nLost_percent: 100.0\n"))
            let screen = try MirrorctlRun(["status"], socket: agent.adminSocket).output
            #expect(screen.contains("  UNREACHABLE for "), "\(screen)")
            #expect(try agent.ask("show metrics").contains("\nspoa_mirror_state{state=\"unreachable\"} 1\n"))
            // What was lost is none of the books' any more, but of the state's.
            #expect(try agent.ask("clear counters") == "Counters cleared.\n\n")
            #expect(try agent.ask("show info").contains("\nState: unreachable\n"))
            guard arguments.isEmpty else { return }

            // The log knows what regular looks have found: one has to come before the mirror does.
            try eventually("the log tells of it", evidence: { agent.process.log }) {
                try SPOPClient(agent.endpoint).notify(.init())
                return agent.process.log.contains(
                    "state unreachable: no connection (Connection refused), since ")
            }
            let mirror = try RecordingMirror(port: port)
            try send(to: agent, until: "mirroring")
            try wait(for: agent, "idle")
            withExtendedLifetime(mirror) {}
        }

        @Test(
            "a mirror that hangs or breaks connections is degraded",
            arguments: [(Answer.hang, "failed_timeout"), (.reset, "failed_reset")])
        func failing(_ answer: Answer, _ reason: String) throws {
            let mirror = try RecordingMirror { _ in answer }
            let agent = try agent(of: mirror.port)
            let info = try send(to: agent, until: "degraded")
            #expect(info.contains("\nLost_reason: \(reason)\n"), "\(info)")
            #expect(info.contains("% of copies lost in the last 2s, ") && info.contains("mostly \(reason) ("))
            try wait(for: agent, "idle")
        }

        @Test("another destination begins afresh, whatever still waits for the old one")
        func anotherDestination() throws {
            let mirror = try RecordingMirror()
            // Copies for the dead one are there for the whole test.
            let agent = try agent(of: try Ports.free(), ["--max-queue-age", "1m"])
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<500 { try client.notify(.init()) }
            try send(to: agent, until: "unreachable")
            _ = try agent.ask("set url http://127.0.0.1:\(mirror.port)/")
            for _ in 0..<20 {
                try client.notify(.init())
                let info = try agent.ask("show info")
                #expect(info.contains("\nState: mirroring\n"), "\(info)\n\(agent.process.log)")
            }
            #expect(try agent.counters()["failed_connect"] > 0)
        }

        @Test("with nothing selected, it is idle and says why")
        func selectsNothing() throws {
            let mirror = try RecordingMirror()
            let agent = try agent(of: mirror.port)
            try send(to: agent, until: "mirroring")
            #expect(
                try agent.ask("set sample-rate 0%; show info").contains(
                    "\nState: idle\nState_since_sec: 0\nState_reason: no request is selected (sample-rate is 0%)\n"
                ))
            _ = try agent.ask("set sample-rate 100%; set methods POST,PUT")
            let client = try SPOPClient(agent.endpoint)
            var info = ""
            try eventually("idle", evidence: { info }) {
                try client.notify(.init())
                info = try agent.ask("show info")
                return info.contains("\nState: idle\n")
                    && info.contains(
                        "\nState_reason: no request was selected in the last 2s (methods is POST,PUT)\n")
            }
            _ = try agent.ask("set methods all")
            try send(to: agent, until: "mirroring")
        }

        @Test("a mirror that never answers is degraded, whatever the timeout is")
        func neverAnswers() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let agent = try agent(of: mirror.port, ["--timeout", "1h"])
            let info = try send(to: agent, until: "degraded")
            #expect(info.contains("\nState_reason: no answer in the last 2s, "), "\(info)")
            #expect(
                info.contains(" waiting or under way\n") && info.contains("\nLost_percent: 0.0\n"), "\(info)")
            // What hangs there says nothing of another.
            let other = try RecordingMirror()
            _ = try agent.ask("set url http://127.0.0.1:\(other.port)/")
            try send(to: agent, until: "mirroring")
            try wait(for: agent, "idle")
        }

        @Test("the first failure after 'set url' is one of the new destination")
        func firstFailure() throws {
            let mirror = try RecordingMirror()
            let agent = try agent(of: mirror.port, ["--state-window", "1h"])
            try send(to: agent, until: "mirroring")
            _ = try agent.ask("set url http://127.0.0.1:\(try Ports.free())/")
            try SPOPClient(agent.endpoint).notify(.init())
            try wait(for: agent, "unreachable")
        }

        @Test("copies that are dropped count")
        func dropped() throws {
            let mirror = try RecordingMirror()
            let agent = try agent(of: mirror.port)
            try send(to: agent, until: "mirroring")
            _ = try agent.ask("set max-queue-bytes 1KiB")
            let client = try SPOPClient(agent.endpoint)
            var info = ""
            try eventually("degraded", evidence: { "\(info)\n\(agent.process.log)" }) {
                try client.notify(.init(method: "POST", body: [UInt8](repeating: 0x78, count: 2000)))
                info = try agent.ask("show info")
                return info.contains("\nState: degraded\n")
            }
            #expect(info.contains("mostly dropped_queue_full (max-queue or max-queue-bytes is reached)\n"))
            _ = try agent.ask("set degraded-share 100%")
            try wait(for: agent, "mirroring")
        }

        @Test("a service manager hears the same words when the state changes")
        func serviceManager() throws {
            let directory = try TemporaryDirectory()
            let manager = try NotifyListener(directory.file("notify"))
            let agent = try agent(
                of: try Ports.free(), ["-i", "1h"], environment: ["NOTIFY_SOCKET": manager.address],
                in: directory)
            _ = try manager.wait(
                for: "STATUS=idle: no requests since the start; mirrors to http://127.0.0.1:")
            try SPOPClient(agent.endpoint).notify(.init())
            _ = try manager.wait(for: "STATUS=unreachable: no connection (Connection refused), since ")
        }

        @Test("a state that comes and goes does not fill the log")
        func flapping() throws {
            let mirror = try RecordingMirror()
            let agent = try agent(of: mirror.port)
            for _ in 0..<300 { _ = try agent.ask("pause; resume") }
            let lines = agent.process.log.split(separator: "\n").filter { $0.contains(" state ") }
            #expect(lines.count < 10, "\(lines)")
        }

        @Test("the screen is as wide as COLUMNS says", arguments: [40, 80])
        func width(_ columns: Int) throws {
            let agent = try agent(of: try Ports.free())
            try send(to: agent, until: "unreachable")
            let directory = try TemporaryDirectory()
            let process = try ChildProcess(
                "/bin/sh",
                [
                    "-c",
                    "COLUMNS=\(columns) '\(try Executables.mirrorctl())' -s '\(agent.adminSocket)' status",
                ],
                outputFile: directory.file("out"), errorFile: directory.file("err"))
            #expect(try process.wait() == .status(0))
            let lines = process.output.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { $0.count <= columns }, "\(process.output)")
            #expect(lines.contains { $0.count > columns / 2 })
        }

        @Test("thresholds are checked")
        func thresholds() throws {
            let agent = try agent(of: try Ports.free())
            for (command, answer) in [
                ("set unreachable-after 0", "Value out of range: '0' (at least 1s expected)."),
                ("set state-window 500ms", "Value out of range: '500ms' (at least 1s expected)."),
                ("set degraded-share 101%", "Value out of range: '101%' (0% to 100% expected)."),
                ("set degraded-share 10%", "Degraded share set to 10% (was 5%)."),
            ] { #expect(try agent.ask(command) == "\(answer)\n\n") }
        }
    }
}
