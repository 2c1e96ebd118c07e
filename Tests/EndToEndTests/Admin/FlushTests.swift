import Foundation
import Testing

extension EndToEnd {
    /// Copies for a destination that was replaced, and that nobody wants any more.
    @Suite("Admin: flush")
    struct FlushTests {
        @Test(
            "gives up what waits for a replaced mirror, and nothing else, while copies come",
            arguments: ["1.1", "2-prior-knowledge", "2"])
        func flush(_ httpVersion: String) throws {
            // In clear text "2" is HTTP/1.1 over libcurl's transfers. One that hangs knows no HTTP/2.
            let old = try RecordingMirror { _ in .hang }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(old.port)/",
                [
                    "--max-in-flight", "4", "--timeout", "1h", "--max-queue-age", "1h", "-n", "2",
                    "--http-version", httpVersion,
                ], in: try TemporaryDirectory())
            #expect(try agent.ask("flush") == "No copy waits for a destination that was replaced.\n\n")
            let clients = try (0..<4).map { _ in try SPOPClient(agent.endpoint) }
            for number in 0..<400 { try clients[number % 4].notify(.init(target: "/old/\(number)")) }
            try eventually("some are under way") { try agent.counters()["in_flight"] == 4 }
            #expect(try agent.ask("flush").hasPrefix("No copy waits"), "they are for the present one")
            let new = try RecordingMirror { _ in .hang }
            _ = try agent.ask("set url http://127.0.0.1:\(new.port)/")
            let (endpoint, path) = (agent.endpoint, agent.adminSocket)
            let answers = try concurrently(2) { index in
                guard index == 0 else { return try AdminClient.ask("flush", at: path) }
                let client = try SPOPClient(endpoint)
                for number in 0..<200 { try client.notify(.init(target: "/new/\(number)")) }
                return ""
            }
            let counters = try agent.counters()
            // Workers that learn of the change one after the other may have more under way to the old one than they may.
            let (flushed, excess) = (counters["dropped_flushed"], counters["failed_timeout"])
            #expect(
                answers[1] == "\(flushed) copies for destinations that were replaced are given up.\n\n")
            #expect(flushed + excess == 400 && excess <= 4 && counters["completed"] == excess)
            #expect(counters["received"] == 600 && counters.isBalanced, "\(counters)")
            #expect(counters["queued"] + counters["in_flight"] == 200)
            #expect(try agent.ask("flush").hasPrefix("No copy waits"))
            #expect(
                agent.process.log.contains(
                    "\(flushed) copies for destinations that were replaced are given up"))
        }

        @Test("a long queue goes, and a change back sends nothing of it")
        func large() throws {
            let old = try RecordingMirror { _ in .hang }
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(old.port)/",
                [
                    "--max-in-flight", "64", "--max-queue", "50000", "--max-queue-bytes", "256MiB",
                    "--timeout", "1h", "--max-queue-age", "1h", "-n", "1",
                ], in: try TemporaryDirectory())
            let endpoint = agent.endpoint
            _ = try concurrently(2) { _ in
                let client = try SPOPClient(endpoint)
                for _ in 0..<5000 { try client.notify(.init()) }
                return 0
            }
            let url = "http://127.0.0.1:\(old.port)/"
            _ = try agent.ask("set url http://127.0.0.1:9/")
            let run = try MirrorctlRun(["flush", "--json"], socket: agent.adminSocket)
            #expect(run.status == 0 && run.output.contains("10000 copies"), "\(run.output)")
            _ = try agent.ask("set url \(url)")
            try SPOPClient(endpoint).notify(.init(target: "/after"))
            try eventually("the next one goes there") { !old.requests(for: "/after").isEmpty }
            let counters = try agent.counters()
            #expect(counters["dropped_flushed"] == 10_000 && counters["in_flight"] == 1, "\(counters)")
            #expect(counters.isBalanced, "\(counters)")
        }
    }
}
