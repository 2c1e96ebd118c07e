import Foundation
import Testing

extension EndToEnd {
    /// Not under a sanitizer: its shadow takes terabytes of address space and memory of its own, so that none of these limits would
    /// let it start. They run in the ordinary suite.
    ///
    /// With the budgets that an agent has unless it is told others: they would not fit in.
    @Suite(
        "Faults: memory",
        .disabled(
            if: isSanitized, "SKIPPED: a sanitizer needs terabytes of address space, and memory of its own"))
    struct MemoryFaultTests {
        private static let options = ["--max-queue-age", "1h", "--timeout", "3s", "-n", "2"]
        /// Left beside what the agent takes at rest.
        private static let left = 32 << 20

        @Test("an address space that is bounded: copies are bounded below, each NOTIFY has its ACK")
        func addressSpace() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let limit = try atRest(column: 0) + Self.left
            try fill(
                mirror, launcher: [try Executables.find("prlimit"), "--as=\(limit)"], limit: "RLIMIT_AS")
        }

        @Test(
            "a control group: copies are bounded below it, and nothing is killed",
            .enabled(
                if: skipsNothing || ControlGroup.isPossible,
                "SKIPPED: no control group that bounds memory can be made here"))
        func controlGroup() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let group = try ControlGroup(memory: try atRest(column: 1) + Self.left)
            try fill(mirror, launcher: group.launcher, limit: group.limitFile)
        }

        @Test("strangers that each begin a frame are sent away before memory is used up")
        func crowd() throws {
            try DescriptorRoom.raise(to: 5_000)
            let mirror = try RecordingMirror()
            let limit = try atRest(column: 5) + 48 << 20
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", Self.options,
                launcher: [try Executables.find("prlimit"), "--data=\(limit)"], in: try TemporaryDirectory())
            let begun = Array(
                SPOPFrame(type: SPOPFrame.notify, payload: [UInt8](repeating: 65, count: 16_300)).bytes
                    .prefix(16_200))
            let counters = try stage.withTraffic { _ in
                let strangers = try (0..<3_500).map { _ in
                    let peer = try Socket.connect(to: stage.agent.endpoint)
                    try peer.write(SPOPFrame.hello().bytes + begun)
                    return peer
                }
                try eventually("some are sent away", within: 60) {
                    try stage.counters()["agent_disconnects"] > 0
                }
                try stage.more(of: "responses_2xx")
                for peer in strangers { peer.disconnect() }
            }
            #expect(counters["responses_2xx"] == counters["received"])
        }

        /// Pages of an agent that has nothing to do, in bytes (proc_pid_statm(5)).
        private func atRest(column: Int) throws -> Int {
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:9/", Self.options, in: try TemporaryDirectory())
            let pages = contents(of: "/proc/\(agent.process.pid)/statm").split(separator: " ")
            return try #require(pages.count > column ? Int(pages[column]) : nil)
                * sysconf(Int32(_SC_PAGESIZE))
        }

        /// More copies than there is room for.
        private func fill(_ mirror: RecordingMirror, launcher: [String], limit: String) throws {
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", Self.options, launcher: launcher,
                in: try TemporaryDirectory())
            #expect(
                stage.agent.log.contains(", not 64MiB: \(limit) lets the agent have "), "\(stage.agent.log)")
            let client = try SPOPClient(stage.agent.endpoint)
            var message = SPOPClient.Message(method: "POST", target: "/large")
            message.body = [UInt8](repeating: 65, count: 12_000)
            for _ in 0..<7_000 { try client.notify(message) }
            let counters = try stage.counters()
            #expect(counters["acks"] == 7_000)
            #expect(counters.isBalanced)
            #expect(counters["dropped_queue_full"] > 1_000)
            #expect(counters["queued_bytes"] < 64 << 20)
            let answer = try stage.ask("set max-queue-bytes 64MiB")
            #expect(answer.contains("Value out of range: '64MiB' (1KiB to "), "\(answer)")
            _ = try stage.ask("set max-queue-age 1ms; set timeout 100ms")
            try stage.withTraffic { _ in }
        }
    }
}
