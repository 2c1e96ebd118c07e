import Foundation
import Testing

extension EndToEnd {
    @Suite("Abuse: memory")
    struct AbuseMemoryTests {
        /// What the agent's resident memory may differ by for no reason of a peer's, in bytes.
        private static let slack = 8 << 20

        private func expectGrowth(
            since before: Int, below limit: Int, of stage: AbuseStage, _ what: Comment
        ) throws {
            // A sanitizer takes memory of its own.
            guard !isSanitized else { return }
            let growth = try stage.residentBytes() - before
            #expect(growth < limit + Self.slack, what)
        }

        @Test("names of unknown messages are cut before they are kept")
        func longNames() throws {
            let size = 1 << 20
            let stage = try AbuseStage(["--max-frame-size", "\(2 * size)"])
            let peer = try stage.greeted(maxFrameSize: UInt32(2 * size))
            let before = try stage.residentBytes()
            for number in 0..<64 {
                let name = String(number) + String(repeating: "x", count: size)
                try peer.write(
                    SPOPFrame(
                        type: SPOPFrame.notify, stream: 1, frame: 1, payload: SPOPFrame.string(name) + [0]
                    ).bytes)
                #expect(try SPOPFrame.all(in: peer.read()).map(\.type) == [SPOPFrame.ack])
            }
            try expectGrowth(since: before, below: 4 * size, of: stage, "64 names of 1 MiB")
            #expect(try stage.agent.counters()["unknown_messages"] == 64)
            try stage.expectGoodHealth()
        }

        /// NOTIFYs without a message, as long as ACKs can be.
        private static let burst = Array(
            repeating: SPOPFrame(type: SPOPFrame.notify, stream: .max, frame: .max).bytes, count: 2200
        ).flatMap { $0 }

        @Test("peers that do not read, or that have nothing more to say, hold no more than they may")
        func silentPeers() throws {
            let crowd = 200
            try DescriptorRoom.raise(to: crowd + 1000)
            let directory = try TemporaryDirectory()
            // Of a UNIX socket the kernel buffers little.
            let stage = try AbuseStage(
                ["--max-queue-bytes", "1MiB", "--hello-timeout", "1m"],
                at: .unix(directory.file("spop.sock")), in: directory)
            let peers = try (0..<crowd).map { _ in try stage.greeted() }
            let before = try stage.residentBytes()
            for peer in peers {
                try peer.write(Self.burst)
                // An ACK without actions is as long as a NOTIFY without messages.
                var left = Self.burst.count
                while left > 0, case let count = try peer.read(atMost: left).count, count > 0 {
                    left -= count
                }
                #expect(left == 0)
            }
            try expectGrowth(since: before, below: 0, of: stage, "read all, idle")
            for peer in peers { _ = fcntl(peer.descriptor, F_SETFL, O_NONBLOCK) }
            var offsets = [Int](repeating: 0, count: crowd)
            var idle = 0
            // Until nothing has gone for a while.
            while idle < 20 {
                let sent = zip(peers, offsets).map { Self.write(to: $0, from: $1) }
                offsets = zip(offsets, sent).map { ($0 + $1) % Self.burst.count }
                idle = sent.contains { $0 > 0 } ? 0 : idle + 1
                Thread.sleep(forTimeInterval: 0.02)
            }
            // 16 KiB each, and 16 MiB for all.
            try expectGrowth(
                since: before, below: crowd * 16 << 10 + 16 << 20, of: stage, "\(crowd) do not read")
            let client = try SPOPClient(stage.endpoint)
            for number in 0..<100 { try client.notify(.init(target: "/beside/\(number)")) }
            #expect(try stage.agent.account(of: 100)["responses_2xx"] == 100)
            try stage.expectGoodHealth()
            for peer in peers { peer.disconnect() }
        }

        /// Writes on with the burst; returns how much the socket has taken.
        private static func write(to peer: Socket, from offset: Int) -> Int {
            burst[offset...].withUnsafeBytes {
                max(0, send(peer.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)))
            }
        }

        @Test("strangers that fill the memory for begun frames take none from a frame of the usual size")
        func begunFrames() throws {
            let size = 65_536
            let stage = try AbuseStage(["--max-queue-bytes", "1MiB", "--max-frame-size", "\(size)"])
            let begun = SPOPFrame(
                type: SPOPFrame.notify, stream: 1, frame: 1,
                payload: [UInt8](repeating: 65, count: size - 100)
            ).bytes
            // 27 MB; then what the last of these left over.
            let strangers = try ([Int](repeating: 60_000, count: 450) + [Int](repeating: 17_000, count: 100))
                .map { length in
                    let stranger = try stage.greeted(maxFrameSize: UInt32(size))
                    try stranger.write(Array(begun.prefix(length)))
                    return stranger
                }
            try eventually("there is no room for more") { try stage.agent.counters()["spop_resource"] > 0 }
            let client = try SPOPClient(stage.endpoint)
            let other = try SPOPClient(stage.endpoint)
            var message = SPOPClient.Message(method: "POST", target: "/in/pieces")
            message.body = [UInt8](repeating: 65, count: 15_000)
            for _ in 0..<20 {
                try client.notify(message) { try other.notify(.init(target: "/whole")) }
            }
            #expect(try stage.agent.account(of: 40)["responses_2xx"] == 40)
            for stranger in strangers { stranger.disconnect() }
            try stage.expectGoodHealth()
        }
    }
}
