import Testing

extension EndToEnd {
    @Suite("Faults: frames in pieces")
    struct PieceFaultTests {
        private static let ways: [(HAProxyVersion, [Int])] = HAProxyVersion.available.flatMap { version in
            [[1448], [1, 7, 333, 1449, 2], [4095, 4097, 3]].map { (version, $0) }
        }

        @Test(
            "while the mirror hangs and the queue is full, frames cut anywhere have their ACKs, and no connection ends",
            arguments: ways)
        func queueFull(_ version: HAProxyVersion, _ pieces: [Int]) throws {
            let mirror = try RecordingMirror { _ in .hang }
            let stage = try FaultStage(
                version, mirrorURL: "http://127.0.0.1:\(mirror.port)/",
                ["--max-queue-bytes", "64KiB", "--timeout", "5s", "--max-queue-age", "5s"], pieces: pieces,
                in: try TemporaryDirectory())
            stage.body = [UInt8](repeating: 65, count: 8_000)
            let counters = try stage.withTraffic { traffic in
                try stage.more(of: "dropped_queue_full")
                try stage.moreTraffic(traffic, requests: 200)
                try stage.more(of: "dropped_queue_full")
            }
            #expect(counters["agent_disconnects"] == 0)
        }
    }
}
