import Testing

extension EndToEnd {
    @Suite("Abuse: crowds")
    struct AbuseCrowdTests {
        /// 10 000 at full length; what fits in this process's descriptors, and in a minute with sanitizers, else.
        private static var crowd: Int { isSanitized ? 1_000 : 10_000 }

        @Test("half-open handshakes by the thousand are let go in time, and nobody waits for them")
        func halfOpen() throws {
            try DescriptorRoom.raise(to: Self.crowd + 1_000)
            let stage = try AbuseStage(["--max-connections", "20000", "--hello-timeout", "5s", "-b", "1024"])
            let atRest = try stage.descriptors()
            let half = Array(SPOPFrame.hello().bytes.prefix(20))
            let peers = try (0..<Self.crowd).map { _ in
                let peer = try Socket.connect(to: stage.endpoint)
                try peer.write(half)
                return peer
            }
            try stage.expectGoodHealth()
            try eventually("all are sent away", within: 60, evidence: { stage.agent.process.log }) {
                try stage.agent.counters()["spop_timeouts"] >= Self.crowd
            }
            let frames = try SPOPFrame.all(in: try #require(peers.last).readToEnd())
            #expect(try frames.last?.items()["status-code"] == "2")
            try eventually("their descriptors are closed", within: 60) {
                try stage.descriptors() <= atRest + 4
            }
            try stage.expectGoodHealth()
        }

        @Test("open descriptors are the same after 100 000 connections")
        func reconnects() throws {
            // Connections to the mirror are kept, as many as may be in flight for each worker: few, to see the others.
            let stage = try AbuseStage([
                "-n", "2", "--max-connections", "20000", "-b", "1024", "--max-in-flight", "2",
            ])
            let endpoint = stage.endpoint
            let hello = SPOPFrame.hello().bytes
            let message = SPOPClient.Message(target: "/short").payload
            let notify = SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1, payload: message).bytes
            try stage.expectGoodHealth()
            let atRest = try stage.descriptors()
            let total = isSanitized ? 5_000 : 100_000
            _ = try concurrently(4) { client in
                for number in 0..<(total / 4) {
                    let peer = try Socket.connect(to: endpoint)
                    // A reset leaves no port in TIME_WAIT behind, of which there are fewer than connections here.
                    peer.resetOnClose()
                    switch number % 4 {
                    case 0: break
                    case 1: try peer.write(Array(hello.prefix(9)))
                    case 2: try peer.write(hello)
                    default:
                        try peer.write(hello + (number % 100 == 3 ? notify : []))
                        _ = try peer.read()
                    }
                }
            }
            try eventually("the agent has seen them all go", within: 60) {
                let counters = try stage.agent.counters()
                return counters["connections_opened"] == counters["connections_closed"]
            }
            let opened = try stage.agent.counters()["connections_opened"]
            // The kernel may reset some before they are accepted.
            #expect(opened > total / 2, "\(opened) of \(total) were accepted")
            try eventually(
                "no more descriptors than before",
                evidence: { "\(atRest) before, \((try? stage.descriptors()) ?? 0) now" }
            ) {
                try stage.descriptors() <= atRest + 4
            }
            try stage.expectGoodHealth()
        }
    }
}
