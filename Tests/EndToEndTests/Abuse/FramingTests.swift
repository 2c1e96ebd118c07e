import Testing

extension EndToEnd {
    /// `GarbageTests` has what comes instead of a HELLO, through HAProxy; here is what comes behind it, and in odd lengths.
    @Suite("Abuse: frames")
    struct AbuseFramingTests {
        private static let tenBytes = [UInt8](repeating: 0xFF, count: 9) + [0x7F]

        private static func notify(_ payload: [UInt8], stream: UInt64 = 1) -> [UInt8] {
            SPOPFrame(type: SPOPFrame.notify, stream: stream, frame: 1, payload: payload).bytes
        }

        @Test("lengths that no frame has", arguments: [0, 1, 6, 1 << 24, 1 << 31, UInt32.max])
        func lengths(_ length: UInt32) throws {
            let stage = try AbuseStage()
            let prefix = withUnsafeBytes(of: length.bigEndian, Array.init)
            let status = length < 7 ? "4" : "3"
            try stage.expectFarewell(status, to: prefix + [3, 0, 0, 0, 1, 1], "behind HELLO")
            let frames = try stage.last(words: prefix, on: try Socket.connect(to: stage.endpoint))
            #expect(try frames.last?.items()["status-code"] == status, "as the first frame")
            try stage.expectGoodHealth()
        }

        @Test("a frame larger than was agreed on, by a byte")
        func largerThanNegotiated() throws {
            let stage = try AbuseStage()
            let head = SPOPFrame(type: SPOPFrame.notify, stream: 1, frame: 1).bytes.count - 4
            let unknown = SPOPFrame.string("other") + [1] + SPOPFrame.string("a") + [9]
            func frame(_ size: Int) -> [UInt8] {
                let room = size - head - unknown.count - SPOPFrame.variable(900).count
                return Self.notify(
                    unknown + SPOPFrame.variable(UInt64(room)) + [UInt8](repeating: 65, count: room))
            }
            let peer = try stage.greeted(maxFrameSize: 1024)
            try peer.write(frame(1024))
            #expect(try SPOPFrame.all(in: peer.read()).map(\.type) == [SPOPFrame.ack])
            try stage.expectFarewell("3", to: frame(1025), maxFrameSize: 1024, "a byte more")
            try stage.expectGoodHealth()
        }

        @Test("numbers of ten bytes and more")
        func longNumbers() throws {
            let stage = try AbuseStage()
            func raw(_ ids: [UInt8]) -> [UInt8] {
                let content: [UInt8] = [SPOPFrame.notify, 0, 0, 0, 1] + ids
                return withUnsafeBytes(of: UInt32(content.count).bigEndian, Array.init) + content
            }
            let endless = [UInt8](repeating: 0xFF, count: 200)
            for (what, bytes) in [
                ("stream id", raw(Self.tenBytes + [1])), ("frame id", raw([1] + Self.tenBytes)),
                ("an id without end", raw(endless)),
                ("length of a name", Self.notify(Self.tenBytes + [1])),
                (
                    "length of a value",
                    Self.notify(
                        SPOPFrame.string("mirror") + [1] + SPOPFrame.string("arg_body") + [9] + Self.tenBytes)
                ),
            ] {
                try stage.expectFarewell("4", to: bytes, what)
            }
            // The largest that fits in 64 bits is an id like any other, and comes back as it was.
            let peer = try stage.greeted()
            try peer.write(Self.notify(SPOPClient.Message(target: "/largest").payload, stream: .max))
            #expect(try SPOPFrame.all(in: peer.read()).map(\.stream) == [UInt64.max])
            try stage.expectGoodHealth()
        }

        @Test("a health check that goes on talking is not listened to")
        func healthCheckAndMore() throws {
            let stage = try AbuseStage()
            var hello = SPOPFrame.hello()
            hello.payload += SPOPFrame.string("healthcheck") + [0x11]
            let peer = try Socket.connect(to: stage.endpoint)
            let more = Self.notify(SPOPClient.Message(target: "/unheard").payload)
            let frames = try stage.last(words: hello.bytes + more + SPOPFrame.hello().bytes, on: peer)
            #expect(frames.map(\.type) == [SPOPFrame.agentHello])
            #expect(try stage.agent.counters()["received"] == 0)
            #expect(try stage.agent.counters()["health_checks"] == 1)
            try stage.expectGoodHealth()
            #expect(stage.mirror.requests(for: "/unheard").isEmpty)
        }

        @Test("ids that come twice are answered twice, and copied twice")
        func duplicateIDs() throws {
            let stage = try AbuseStage()
            let peer = try stage.greeted()
            let frame = Self.notify(SPOPClient.Message(target: "/twice").payload, stream: 7)
            try peer.write(frame + frame)
            var acks: [SPOPFrame] = []
            while acks.count < 2 { acks += try SPOPFrame.all(in: peer.read()) }
            #expect(acks.map(\.type) == [SPOPFrame.ack, SPOPFrame.ack])
            #expect(acks.map(\.stream) == [7, 7])
            #expect(try stage.agent.account(of: 2)["responses_2xx"] == 2)
            #expect(stage.mirror.requests(for: "/twice").count == 2)
            try stage.expectGoodHealth()
        }

        @Test("fragments of something else between fragments")
        func interlacedFragments() throws {
            let stage = try AbuseStage()
            let payload = SPOPClient.Message(target: "/cut").payload
            func fragment(_ type: UInt8, _ flags: UInt32, stream: UInt64, _ payload: [UInt8]) -> [UInt8] {
                SPOPFrame(type: type, flags: flags, stream: stream, frame: 1, payload: payload).bytes
            }
            let first = fragment(SPOPFrame.notify, 0, stream: 1, Array(payload.prefix(20)))
            let rest = Array(payload.dropFirst(20))
            try stage.expectFarewell("11", to: first + fragment(0, 1, stream: 2, rest), "of another stream")
            try stage.expectFarewell("11", to: first + Self.notify(payload, stream: 3), "a whole NOTIFY")
            try stage.expectFarewell("12", to: fragment(0, 1, stream: 1, rest), "of nothing")
            #expect(try stage.agent.counters()["received"] == 0)
            try stage.expectGoodHealth()
        }
    }
}
