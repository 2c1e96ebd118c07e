import Foundation
import Testing

extension EndToEnd {
    @Suite("Abuse: slow peers")
    struct AbuseSlowPeerTests {
        private static let pause = isFullLength ? 1.0 : 0.02

        @Test("a HELLO that trickles in has to be whole in time")
        func slowHello() throws {
            let stage = try AbuseStage(["--hello-timeout", isFullLength ? "5s" : "300ms"])
            let peer = try Socket.connect(to: stage.endpoint)
            let counters = { try stage.agent.counters() }
            for byte in SPOPFrame.hello().bytes.dropLast() {
                // The agent may have closed by now: what it has said is read below.
                guard try counters()["spop_timeouts"] == 0 else { break }
                try? peer.write([byte])
                Thread.sleep(forTimeInterval: Self.pause)
            }
            let frames = try SPOPFrame.all(in: peer.readToEnd())
            #expect(frames.map(\.type) == [SPOPFrame.agentDisconnect])
            #expect(try frames.last?.items()["status-code"] == "2")
            #expect(try counters()["spop_timeouts"] == 1)
            try stage.expectGoodHealth()
        }

        @Test("a NOTIFY of one byte at a time is a NOTIFY, and holds up nobody")
        func slowNotify() throws {
            let stage = try AbuseStage()
            let peer = try stage.greeted()
            let message = SPOPClient.Message(target: "/slow", fields: [])
            let bytes = SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1, payload: message.payload).bytes
            // A second each would be past the time a frame has (10 s): shorter, or the first bytes at that pace.
            for (number, byte) in bytes.enumerated() {
                try peer.write([byte])
                Thread.sleep(forTimeInterval: number < 8 ? Self.pause : 0.01)
            }
            #expect(try SPOPFrame.all(in: peer.read()).map(\.type) == [SPOPFrame.ack])
            _ = try stage.mirror.request(for: "/slow")
            try stage.expectGoodHealth()
        }

        @Test("a peer that never reads its ACKs is not read from; the others are")
        func neverReads() throws {
            let stage = try AbuseStage()
            let peer = try stage.greeted()
            _ = fcntl(peer.descriptor, F_SETFL, O_NONBLOCK)
            let frame = SPOPFrame(
                type: SPOPFrame.notify, stream: 1, frame: 1, payload: SPOPFrame.string("unknown") + [0]
            ).bytes
            let burst = Array(repeating: frame, count: 2000).flatMap { $0 }
            // Until nothing has gone for a while: the socket's buffers, and the agent's, are full.
            var sent = 0
            var idle = 0
            while idle < 20 {
                let count = burst[(sent % frame.count)...].withUnsafeBytes {
                    send(peer.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count > 0 {
                    sent += count
                    idle = 0
                    // No socket buffers as much; the agent must not either.
                    try #require(sent < 256 << 20, "the agent goes on reading")
                } else {
                    idle += 1
                    Thread.sleep(forTimeInterval: 0.02)
                }
            }
            let client = try SPOPClient(stage.endpoint)
            for number in 0..<100 { try client.notify(.init(target: "/beside/\(number)")) }
            #expect(try stage.agent.account(of: 100)["responses_2xx"] == 100)
            if !isSanitized { #expect(try stage.residentBytes() < 200 << 20) }
            try stage.expectGoodHealth()
        }

        @Test("fragments without end from many connections take the memory they may, and no ACK from others")
        func endlessFragments() throws {
            let limit = 1 << 20
            let stage = try AbuseStage(["--max-queue-bytes", "\(limit)"])
            let before = try stage.residentBytes()
            let piece = [UInt8](repeating: 65, count: 16_000)
            let peers = try (0..<200).map { _ in try stage.greeted() }
            let client = try SPOPClient(stage.endpoint)
            for round in 0..<20 {
                for peer in peers {
                    let type = round == 0 ? SPOPFrame.notify : 0
                    try peer.write(
                        SPOPFrame(type: type, flags: 0, stream: 1, frame: 1, payload: piece).bytes)
                }
                try client.notify(.init(target: "/between/\(round)"))
                #expect(try stage.agent.counters()["queued_bytes"] <= limit)
            }
            // 64 MB were sent; a sanitizer takes memory of its own.
            if !isSanitized { #expect(try stage.residentBytes() - before < 16 << 20) }
            for peer in peers { peer.disconnect() }
            try eventually("all is given back") { try stage.agent.counters()["queued_bytes"] == 0 }
            #expect(try stage.agent.counters()["acks"] == 20)
            try stage.expectGoodHealth()
        }
    }
}
