import Testing

extension EndToEnd {
    @Suite("Peers that speak nonsense")
    struct GarbageTests {
        /// What a peer sends, and the status code that tells it what is wrong with that.
        struct Nonsense: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let bytes: [UInt8]
            let status: String

            init(_ description: String, _ bytes: [UInt8], status: String) {
                testDescription = description
                self.bytes = bytes
                self.status = status
            }
        }

        static let greeting = SPOPFrame.hello().bytes

        static let nonsense: [Nonsense] = [
            Nonsense("an HTTP request", Request().bytes, status: "3"),
            Nonsense("a frame of 4 GB", [0xff, 0xff, 0xff, 0xff], status: "3"),
            Nonsense("a frame of nothing", [0, 0, 0, 0], status: "4"),
            Nonsense(
                "NOTIFY before HELLO", SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1).bytes,
                status: "4"),
            Nonsense("HELLO without versions", SPOPFrame.hello(versions: nil).bytes, status: "5"),
            Nonsense("HELLO without a frame size", SPOPFrame.hello(maxFrameSize: nil).bytes, status: "6"),
            Nonsense("HELLO without capabilities", SPOPFrame.hello(capabilities: nil).bytes, status: "7"),
            Nonsense("HELLO with another version", SPOPFrame.hello(versions: "1.0").bytes, status: "8"),
            Nonsense("HELLO with tiny frames", SPOPFrame.hello(maxFrameSize: 255).bytes, status: "9"),
            Nonsense("a second HELLO", greeting + greeting, status: "4"),
            Nonsense(
                "NOTIFY that ends inside a name",
                greeting
                    + SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1, payload: [200, 0x6d]).bytes,
                status: "4"),
        ]

        @Test("is told so and cut off, and the others go on", arguments: HAProxyVersion.available)
        func isToldSo(version: HAProxyVersion) throws {
            let scenario = try Scenario(version)
            var client = try scenario.client()
            for (index, nonsense) in Self.nonsense.enumerated() {
                let peer = try Socket.connect(to: scenario.agent.endpoint)
                try peer.write(nonsense.bytes)
                let frames = try SPOPFrame.all(in: peer.readToEnd())
                let farewell = try #require(frames.last, "\(nonsense.testDescription): closed without a word")
                #expect(farewell.type == SPOPFrame.agentDisconnect, "\(nonsense.testDescription)")
                #expect(farewell.flags == 1 && farewell.stream == 0 && farewell.frame == 0)
                let items = try farewell.items()
                #expect(items["status-code"] == nonsense.status, "\(nonsense.testDescription)")
                #expect(items["message"]?.isEmpty == false, "\(nonsense.testDescription)")

                let target = "/beside/\(index)"
                #expect(try client.exchange(Request(target: target)).status == 200)
                _ = try scenario.copy(of: target)
            }
            try expectAcknowledged(Self.nonsense.count, in: scenario)
            try expectMirroredOnce(Self.nonsense.count, in: scenario)
        }

        @Test("peers that leave in the middle of a frame do no harm")
        func leavesEarly() throws {
            let scenario = try Scenario(.debian)
            for length in stride(from: 0, to: Self.greeting.count, by: 5) {
                let peer = try Socket.connect(to: scenario.agent.endpoint)
                try peer.write(Array(Self.greeting.prefix(length)))
                if length.isMultiple(of: 2) { peer.resetOnClose() }
            }
            #expect(try scenario.send(Request(target: "/after")).status == 200)
            _ = try scenario.copy(of: "/after")
            try expectAcknowledged(1, in: scenario)
            try expectMirroredOnce(1, in: scenario)
        }
    }
}
