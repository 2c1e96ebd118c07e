import Testing

extension EndToEnd {
    /// What a bad mirror may cost: every NOTIFY is acknowledged, and every copy is accounted for.
    @Suite("Budgets")
    struct BudgetTests {
        private func agent(_ script: @escaping RecordingMirror.Script, _ arguments: String...) throws -> (
            WatchedAgent, RecordingMirror
        ) {
            let mirror = try RecordingMirror(script)
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(mirror.port)/", ["-n", "1"] + arguments,
                in: try TemporaryDirectory())
            return (agent, mirror)
        }

        private func notify(_ agent: WatchedAgent, _ count: Int, body: Int = 0) throws {
            let client = try SPOPClient(agent.endpoint)
            for number in 0..<count {
                var message = SPOPClient.Message(target: "/\(number)")
                if body > 0 {
                    message.method = "POST"
                    message.body = [UInt8](repeating: 65, count: body)
                }
                try client.notify(message)
            }
        }

        @Test("a hung mirror holds what it may, and no more")
        func hung() throws {
            let (agent, mirror) = try agent(
                { _ in .hang }, "--max-in-flight", "2", "--max-queue", "10", "--max-queue-age", "1h")
            defer { withExtendedLifetime(mirror) {} }
            try notify(agent, 100)
            try eventually("two copies are under way") { try agent.counters()["in_flight"] == 2 }
            let counters = try agent.counters()
            #expect(counters["acks"] == 100)
            #expect(counters["queued"] == 10)
            #expect(counters["dropped_queue_full"] == 88)
            #expect(counters["queued_bytes"] > 0)
        }

        @Test("memory is bounded in bytes, and given back")
        func bytes() throws {
            let (agent, mirror) = try agent(
                { _ in .hang }, "--max-queue-bytes", "64KiB", "--timeout", "1s", "--max-queue-age", "1s")
            defer { withExtendedLifetime(mirror) {} }
            try notify(agent, 20, body: 10_000)
            let counters = try agent.counters()
            #expect(counters["acks"] == 20)
            #expect(counters["queued_bytes"] <= 64 << 10)
            #expect(counters["dropped_queue_full"] == 14)
            let account = try agent.account(of: 20)
            #expect((account["failed_timeout"] ?? 0) + (account["dropped_expired"] ?? 0) == 6)
            #expect(try agent.counters()["queued_bytes"] == 0)
        }

        @Test("a frame that comes in pieces has its ACK, though copies fill their memory")
        func frameInPieces() throws {
            let (agent, mirror) = try agent(
                { _ in .hang }, "--max-queue-bytes", "64KiB", "--max-queue-age", "1h")
            defer { withExtendedLifetime(mirror) {} }
            try notify(agent, 20, body: 10_000)
            #expect(try agent.counters()["dropped_queue_full"] == 14)
            let (client, other) = (try SPOPClient(agent.endpoint), try SPOPClient(agent.endpoint))
            var message = SPOPClient.Message(method: "POST", target: "/in/pieces")
            message.body = [UInt8](repeating: 65, count: 16_000)
            for _ in 0..<20 {
                // The one worker has read the first half when it answers what came behind it.
                try client.notify(message) { try other.notify(.init(target: "/whole")) }
            }
            let counters = try agent.counters()
            #expect(counters["acks"] == 60)
            #expect(counters["agent_disconnects"] == 0)
            #expect(counters["queued_bytes"] <= 64 << 10)
            #expect(counters.isBalanced)
        }

        @Test("a payload given up for want of memory says nothing of the next one")
        func reasonOfNextPayload() throws {
            let stage = try AbuseStage(["--max-queue-bytes", "64KiB"])
            let peer = try stage.greeted()
            let piece = [UInt8](repeating: 65, count: 16_000)
            func send(_ pieces: Int) throws {
                for number in 0..<pieces {
                    let type = number == 0 ? SPOPFrame.notify : 0
                    try peer.write(
                        SPOPFrame(type: type, flags: 0, stream: 1, frame: 1, payload: piece).bytes)
                }
            }
            func end(flags: UInt32) throws {
                try peer.write(SPOPFrame(type: 0, flags: flags, stream: 1, frame: 1, payload: piece).bytes)
            }
            func expect(continuations: Int) throws {
                try eventually("\(continuations) fragments are read") {
                    try stage.agent.counters()["continuation_frames"] == continuations
                }
            }
            // Past 64 KiB, and then aborted.
            try send(6)
            try expect(continuations: 5)
            try end(flags: 3)
            try expect(continuations: 6)
            #expect(try stage.agent.ask("set max-queue-bytes 64MiB").contains("set to 64MiB"))
            // Past 1 MiB, the limit of a payload.
            try send(70)
            try end(flags: 1)
            #expect(try SPOPFrame.all(in: peer.read()).map(\.type) == [SPOPFrame.ack])
            #expect(try stage.agent.account(of: 1) == ["received": 1, "dropped_too_large": 1])
        }

        @Test("a copy that waits too long expires")
        func expiry() throws {
            let (agent, mirror) = try agent(
                { _ in .hang }, "--max-in-flight", "1", "--max-queue-age", "200ms", "--timeout", "2s")
            defer { withExtendedLifetime(mirror) {} }
            try notify(agent, 5)
            #expect(
                try agent.account(of: 5) == [
                    "received": 5, "dropped_expired": 4, "completed": 1, "failed_timeout": 1,
                ])
        }

        @Test("a mirror that comes back gets what waited for it")
        func comesBack() throws {
            let port = try Ports.free()
            let agent = try WatchedAgent(
                mirrorURL: "http://127.0.0.1:\(port)/", ["-n", "1", "--max-queue-age", "1h"],
                in: try TemporaryDirectory())
            try notify(agent, 2_000)
            #expect(try agent.counters()["acks"] == 2_000)
            // One at a time tries a hundred times a second: nearly all of them are still waiting.
            #expect(try agent.counters()["queued"] > 0)
            let mirror = try RecordingMirror(port: port)
            let account = try agent.account(of: 2_000)
            #expect(account["completed"] == 2_000)
            #expect((account["responses_2xx"] ?? 0) == mirror.requests.count)
            #expect(mirror.requests.count > 0)
            #expect((account["responses_2xx"] ?? 0) + (account["failed_connect"] ?? 0) == 2_000)
        }

        @Test("an answer over the limit is cut and still an answer")
        func hugeAnswer() throws {
            let (agent, mirror) = try agent(
                { _ in .response(body: String(repeating: "x", count: 100_000)) }, "--max-response", "10KiB")
            defer { withExtendedLifetime(mirror) {} }
            try notify(agent, 3)
            #expect(try agent.account(of: 3) == ["received": 3, "completed": 3, "responses_2xx": 3])
            #expect(try agent.counters()["bytes_received"] < 100_000)
        }

        @Test("a mirror that resets after reading gets a copy twice at most")
        func resets() throws {
            let (agent, mirror) = try agent { $0.target == "/reset" ? .reset : .ok }
            let client = try SPOPClient(agent.endpoint)
            // Kept connections for libcurl to try one after the other.
            for round in 0..<8 { try client.notify(.init(target: "/\(round)")) }
            _ = try agent.account(of: 8)
            try client.notify(.init(target: "/reset"))
            #expect(try agent.account(of: 9)["failed_reset"] == 1)
            #expect(mirror.requests.filter { $0.target == "/reset" }.count <= 2)
        }

        @Test("connections past the limit are refused, and counted")
        func connections() throws {
            let (agent, mirror) = try agent({ _ in .ok }, "--max-connections", "2")
            defer { withExtendedLifetime(mirror) {} }
            // The harness has knocked to see whether the agent is there.
            try eventually("the agent has seen that go") {
                let counters = try agent.counters()
                return counters["connections_opened"] == counters["connections_closed"]
            }
            let (first, second) = (try SPOPClient(agent.endpoint), try SPOPClient(agent.endpoint))
            #expect(throws: (any Error).self) { try SPOPClient(agent.endpoint) }
            try eventually("the refusal is counted") { try agent.counters()["connections_refused"] > 0 }
            try first.notify(.init())
            try second.notify(.init())
            #expect(try agent.account(of: 2)["completed"] == 2)
        }

        @Test("paused, everything is acknowledged and nothing sent")
        func paused() throws {
            let (agent, mirror) = try agent({ _ in .ok }, "--paused")
            try notify(agent, 10)
            #expect(try agent.account(of: 10) == ["received": 10, "skipped_paused": 10])
            #expect(mirror.requests.isEmpty)
        }
    }
}
