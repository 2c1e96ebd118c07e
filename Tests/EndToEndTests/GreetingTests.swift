import Foundation
import Testing

extension EndToEnd {
    @Suite("The agent's greeting")
    struct GreetingTests {
        /// Releases of HAProxy 3.1 to 3.4 reset a connection whose AGENT-HELLO comes in two pieces (haproxy
        /// issue 3478).
        @Test("it is one segment, whatever HELLO comes with and in how many pieces")
        func oneSegment() throws {
            let scenario = try Scenario(.debian)
            let hello = SPOPFrame.hello().bytes
            let peers: [[[UInt8]]] = [
                [hello],
                hello.map { [$0] },
                [Array(hello.prefix(4)), Array(hello.dropFirst(4))],
                [
                    SPOPFrame.hello(maxFrameSize: 16_777_216, capabilities: "pipelining,async,fragmentation")
                        .bytes
                ],
            ]
            for pieces in peers {
                let peer = try Socket.connect(to: scenario.agent.endpoint)
                for piece in pieces { try peer.write(piece) }
                let greeting = try #require(try Self.bytes(of: peer, until: Self.isWhole))
                #expect(try SPOPFrame.all(in: greeting).map(\.type) == [SPOPFrame.agentHello])
                #expect(peer.segmentsReceived == 1)
            }
        }

        @Test("two writes are seen as two segments")
        func twoSegments() throws {
            let endpoint = Endpoint.loopback(try Ports.free())
            let listener = try Socket.listen(on: endpoint)
            let reader = try Socket.connect(to: endpoint)
            let writer = try #require(listener.accept())
            try writer.write([1])
            try writer.write([2])
            _ = try Self.bytes(of: reader) { $0.count == 2 }
            #expect(reader.segmentsReceived == 2)
        }

        @Test(
            "-m bounds what HAProxy offers, and what it offers tells its buffer",
            arguments: HAProxyVersion.available)
        func agreesOnFrames(version: HAProxyVersion) throws {
            for (arguments, offered, frame, buffer) in [
                ([], nil, 65_532, 65_536), (["-m", "20000"], nil, 20_000, 65_536),
                ([], 1_000, 1_000, 16_384), (["--max-queue-bytes", "1MiB"], nil, 65_532, 65_536),
            ] as [([String], Int?, Int, Int)] {
                let stage = try FidelityStage(version, arguments, to: RecordingMirror()) {
                    $0.bufferSize = 65_536
                    $0.maxFrameSize = offered
                }
                try stage.send(Request(target: "/"))
                let connections = try stage.agent.ask("show connections")
                #expect(
                    connections.contains("state=open")
                        && connections.contains(" max_frame_size=\(frame) buffer_size=\(buffer) "),
                    "\(arguments): \(connections)")
            }
        }

        private static func isWhole(_ bytes: [UInt8]) -> Bool {
            bytes.count >= 4 && bytes.count == 4 + bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        }

        private static func bytes(of socket: Socket, until isEnough: ([UInt8]) -> Bool) throws -> [UInt8] {
            var bytes: [UInt8] = []
            while !isEnough(bytes) {
                let more = try socket.read()
                guard !more.isEmpty else { throw HarnessError("closed after \(bytes)") }
                bytes += more
            }
            return bytes
        }
    }
}
