import Foundation
import Testing

extension EndToEnd {
    /// Mirrors that want the agent's processor, memory or descriptors rather than its copies.
    @Suite("Faults: hostile mirrors")
    struct HostileMirrorTests {
        /// SETTINGS, its acknowledgement, and HEADERS of stream 1 with `:status 200` (RFC 9113, RFC 7541).
        private static let http2Head: [UInt8] =
            [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 0, 4, 1, 0, 0, 0, 0] + [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]

        @Test(
            "frames without content and without end keep no worker: the connection is cut off",
            arguments: [
                ("empty DATA", [0, 0, 0, 0, 0, 0, 0, 0, 1]),
                ("WINDOW_UPDATE", [0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
            ] as [(String, [UInt8])])
        func endlessFrames(name: String, frame: [UInt8]) throws {
            // A window update of 0 would be an error.
            let frame = frame.count > 9 ? frame.dropLast() + [1] : frame[...]
            let server = try StubbornServer(
                says: Self.http2Head, again: (0..<5_000).flatMap { _ in frame }, pause: 0)
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(server.port)/",
                [
                    "--http-version", "2-prior-knowledge", "--timeout", "1h", "--max-queue-age", "500ms",
                    "--max-in-flight", "2",
                ], in: try TemporaryDirectory())
            // How long 200 ms of processor time are on the wall is the machine's to say.
            try stage.withTraffic(acknowledgesLate: true) { traffic in
                // A sender that is slower than the agent reads does not keep it; then libcurl gives up by itself.
                try eventually("it is cut off", within: 60, evidence: { stage.agent.log }) {
                    try stage.agent.log.contains("mirror: cut off") || stage.counters()["failed_reset"] > 10
                }
                try stage.moreTraffic(traffic)
                _ = try stage.ask("pause")
            }
        }

        // Not under a sanitizer: it keeps freed memory for a while (AddressSanitizer 256 MB of it) and shadows all of it, so resident
        // memory says nothing of the agent's. It runs in the ordinary suite.
        @Test(
            "small header lines take no memory",
            .disabled(if: isSanitized, "SKIPPED: a sanitizer has memory of its own"))
        func smallHeaderLines() throws {
            let lines = Array("HTTP/1.1 200 OK\r\n".utf8) + (0..<60_000).flatMap { _ in "a:\r\n".utf8 }
            let server = try StubbornServer(says: lines)
            let directory = try TemporaryDirectory()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(server.port)/", ["--max-in-flight", "100", "--timeout", "2s"],
                in: directory)
            let before = try residentBytes(agent.process.pid)
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<100 { try client.notify(.init()) }
            #expect(try agent.account(of: 100) == ["received": 100, "completed": 100, "responses_2xx": 100])
            #expect(try residentBytes(agent.process.pid) - before < 32 << 20)
        }

        @Test("connections to the mirror leave descriptors for HAProxy's")
        func descriptors() throws {
            let mirror = try RecordingMirror { _ in .hang }
            let stage = try FaultStage(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                [
                    "--timeout", "1h", "--max-queue-age", "1h", "--max-in-flight", "400",
                    "--max-connecting", "400",
                ],
                launcher: [try Executables.find("prlimit"), "--nofile=200:200"], in: try TemporaryDirectory())
            let client = try SPOPClient(stage.agent.endpoint)
            for _ in 0..<400 { try client.notify(.init()) }
            try eventually("it has as many as it may") { try stage.counters()["failed_connect"] > 0 }
            let late = try (0..<10).map { _ in try SPOPClient(stage.agent.endpoint) }
            for other in late { try other.notify(.init()) }
            #expect(mirror.connections <= 100)
            #expect(try stage.counters()["acks"] == 410)
        }

        @Test("a copy past its age is not sent, however many there are")
        func expired() throws {
            let gate = DispatchSemaphore(value: 0)
            let mirror = try RecordingMirror { _ in
                gate.wait()
                gate.signal()
                return .ok
            }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                ["-n", "1", "--max-in-flight", "1", "--max-queue-age", "1h", "--timeout", "1h"],
                in: try TemporaryDirectory())
            let client = try SPOPClient(agent.endpoint)
            for _ in 0..<5_000 { try client.notify(.init()) }
            try eventually("one is under way") { mirror.requests.count == 1 }
            _ = try agent.ask("set max-queue-age 1ms")
            gate.signal()
            #expect(
                try agent.account(of: 5_000) == [
                    "received": 5_000, "dropped_expired": 4_999, "completed": 1, "responses_2xx": 1,
                ])
        }

        private func residentBytes(_ pid: Int32) throws -> Int {
            let pages = contents(of: "/proc/\(pid)/statm").split(separator: " ")
            return try #require(pages.count > 1 ? Int(pages[1]) : nil) * sysconf(Int32(_SC_PAGESIZE))
        }
    }
}
