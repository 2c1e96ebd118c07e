import Testing

@testable import SPOP

@Suite("Session")
struct SessionTests {
    typealias Build = FrameBuilder

    private func opened(
        maxFrameSize: Int = 16380, maxPayloadSize: Int = 1 << 20,
        capabilities: Set<Capability> = Set(Capability.allCases)
    ) -> SessionDriver {
        var driver = SessionDriver(
            maxFrameSize: maxFrameSize, maxPayloadSize: maxPayloadSize, capabilities: capabilities)
        driver.feed(Build.hello)
        return driver
    }

    // MARK: HELLO

    @Test func helloOpens() {
        let driver = opened()
        #expect(driver.events == [.opened])
        #expect(driver.session.peer?.capabilities == [.pipelining, .async])
        #expect(driver.session.state == .open)
    }

    @Test(
        "the lower max-frame-size is agreed on",
        arguments: [(16380, 1024, 1024), (1024, 16380, 1024), (256, 256, 256)])
    func frameSizes(_ ours: Int, _ theirs: UInt64, _ agreed: Int) {
        var driver = SessionDriver(maxFrameSize: ours)
        driver.feed(Build.frame(.haproxyHello, payload: Build.helloPayload(maxFrameSize: theirs)))
        #expect(driver.session.splitter.maxFrameSize == agreed)
        var expected: [UInt8] = []
        expected.appendAgentHello(maxFrameSize: agreed, capabilities: Set(Capability.allCases))
        #expect(driver.replies == expected)
    }

    @Test("a health check is answered and closed")
    func healthCheck() {
        var driver = SessionDriver()
        driver.feed(
            Build.frame(.haproxyHello, payload: Build.helloPayload(extra: Build.pair("healthcheck", [0x11]))))
        #expect(driver.events == [.finished(.healthCheck)])
        #expect(driver.replyFrames.map { $0[0] } == [FrameType.agentHello.rawValue])
        driver.feed(Build.notify())
        #expect(driver.events.count == 1)
    }

    @Test("healthcheck false, unknown keys and unknown capabilities change nothing")
    func helloExtras() {
        var driver = SessionDriver()
        let extra =
            Build.pair("healthcheck", [0x01]) + Build.pair("x-new", [0x06, 1, 2, 3, 4])
            + Build.pair("engine-id", Build.typed(string: "engine-7"))
        driver.feed(
            Build.frame(
                .haproxyHello,
                payload: Build.helloPayload(capabilities: " pipelining , teleport", extra: extra)))
        #expect(driver.events == [.opened])
        #expect(driver.session.peer?.capabilities == [.pipelining])
        #expect(driver.session.peer?.engineID == "engine-7")
    }

    @Test(
        "versions",
        arguments: [
            ("2.0", true), ("1.0, 2.3", true), (" 2.0 ,3.0", true), ("1.0", false), ("3.0", false),
            ("2", false),
            ("", false), ("2.x", false), ("20.0", false), ("2.+1", false), ("2.", false),
        ])
    func versions(_ list: String, _ isAccepted: Bool) {
        var driver = SessionDriver()
        driver.feed(Build.frame(.haproxyHello, payload: Build.helloPayload(versions: list)))
        #expect((driver.session.state == .open) == isAccepted)
        if !isAccepted { #expect(driver.disconnectStatus == .unsupportedVersion) }
    }

    static let badHellos: [(String, [UInt8], StatusCode)] = [
        ("no versions", Build.helloPayload(versions: nil), .versionNotFound),
        ("no max-frame-size", Build.helloPayload(maxFrameSize: nil), .maxFrameSizeNotFound),
        ("no capabilities", Build.helloPayload(capabilities: nil), .capabilitiesNotFound),
        ("max-frame-size 255", Build.helloPayload(maxFrameSize: 255), .badFrameSize),
        (
            "versions as a number",
            Build.helloPayload(versions: nil, extra: Build.pair("supported-versions", [3, 2])), .invalidFrame
        ),
        (
            "frame size as a string",
            Build.helloPayload(
                maxFrameSize: nil, extra: Build.pair("max-frame-size", Build.typed(string: "1024"))),
            .invalidFrame
        ),
        ("a key without a value", Build.helloPayload() + Build.string("engine-id"), .invalidFrame),
        ("empty", [], .versionNotFound),
    ]

    @Test("a bad HELLO is refused with its own code", arguments: badHellos.indices)
    func badHello(_ index: Int) {
        let (_, payload, status) = Self.badHellos[index]
        var driver = SessionDriver()
        driver.feed(Build.frame(.haproxyHello, payload: payload))
        #expect(driver.disconnectStatus == status)
        #expect(driver.session.state == .closing)
    }

    @Test func helloFragmented() {
        var driver = SessionDriver()
        driver.feed(Build.frame(.haproxyHello, flags: 0, payload: Build.helloPayload()))
        #expect(driver.disconnectStatus == .fragmentationNotSupported)
    }

    @Test func helloWithStreamID() {
        var driver = SessionDriver()
        driver.feed(Build.frame(.haproxyHello, stream: 1, payload: Build.helloPayload()))
        #expect(driver.disconnectStatus == .invalidFrame)
    }

    @Test("anything before HELLO is refused", arguments: [0, 2, 3, 77, 101, 103] as [UInt8])
    func beforeHello(_ type: UInt8) {
        var driver = SessionDriver()
        driver.feed(Build.frame(FrameType(rawValue: type), stream: 1, frame: 1))
        #expect(driver.disconnectStatus == .invalidFrame)
    }

    @Test(
        "a second HELLO, and frames only agents send, are refused", arguments: [1, 101, 102, 103] as [UInt8])
    func wrongWhenOpen(_ type: UInt8) {
        var driver = opened()
        driver.feed(Build.frame(FrameType(rawValue: type), payload: Build.helloPayload()))
        #expect(driver.disconnectStatus == .invalidFrame)
    }

    @Test func unknownTypesAreSkipped() {
        var driver = opened()
        driver.feed(
            Build.frame(FrameType(rawValue: 77), stream: 5, frame: 5, payload: [1, 2, 3]) + Build.notify())
        #expect(driver.notifies.count == 1)
    }

    // MARK: lengths

    @Test(
        "lengths",
        arguments: [
            (0, StatusCode.invalidFrame), (1, .invalidFrame), (6, .invalidFrame), (16381, .frameTooBig),
            (1 << 31, .frameTooBig), (UInt32.max, .frameTooBig),
        ] as [(UInt32, StatusCode)])
    func lengths(_ length: UInt32, _ status: StatusCode) {
        var driver = opened()
        var bytes: [UInt8] = []
        bytes.appendUInt32(length)
        driver.feed(bytes)
        #expect(driver.disconnectStatus == status)
    }

    @Test func theAgreedFrameSizeHolds() {
        var driver = SessionDriver()
        driver.feed(Build.frame(.haproxyHello, payload: Build.helloPayload(maxFrameSize: 1024)))
        driver.feed(Build.notify(payload: [UInt8](repeating: 0, count: 1024 - 7)))
        #expect(driver.notifies.count == 1)
        driver.feed(Build.notify(payload: [UInt8](repeating: 0, count: 1024 - 6)))
        #expect(driver.disconnectStatus == .frameTooBig)
    }

    // MARK: NOTIFY

    @Test func manyInOneRead() {
        var driver = opened()
        driver.feed((1...50).flatMap { Build.notify(stream: $0, frame: 1, payload: [UInt8($0)]) })
        #expect(driver.notifies.map(\.streamID) == Array(1...50))
        let ids = driver.replyFrames.dropFirst().map { Array($0.dropFirst(5).prefix(2)) }
        #expect(ids == (1...50).map { [UInt8($0), 1] })
    }

    @Test func abortOfAWholePayloadIsIgnored() {
        var driver = opened()
        driver.feed(Build.notify(flags: 3))
        #expect(driver.notifies.count == 1)
    }

    // MARK: fragments

    @Test func fragmentsAreJoined() {
        var driver = opened()
        driver.feed(Build.notify(stream: 9, frame: 2, flags: 0, payload: [1, 2]))
        #expect(driver.session.isAssembling)
        #expect(driver.session.assembledBytes == 2)
        driver.feed(Build.continuation(stream: 9, frame: 2, flags: 0, payload: []))
        driver.feed(Build.continuation(stream: 9, frame: 2, flags: 0, payload: [3]))
        driver.feed(Build.continuation(stream: 9, frame: 2, flags: 1, payload: [4, 5]))
        #expect(driver.notifies == [.init(streamID: 9, frameID: 2, payload: [1, 2, 3, 4, 5])])
        #expect(!driver.session.isAssembling)
    }

    @Test func abortedFragmentsAreForgotten() {
        var driver = opened()
        driver.feed(
            Build.notify(flags: 0, payload: [1]) + Build.continuation(flags: 3) + Build.notify(stream: 2))
        #expect(driver.notifies.map(\.streamID) == [2])
        #expect(driver.session.assembledBytes == 0)
    }

    @Test func fragmentsOverTheLimitAreLetGoAndAnswered() {
        var driver = opened(maxFrameSize: 256, maxPayloadSize: 10)
        // A frame's worth is taken whatever the limit is.
        driver.feed(Build.notify(flags: 0, payload: [UInt8](repeating: 1, count: 200)))
        driver.feed(Build.continuation(flags: 0, payload: [UInt8](repeating: 1, count: 56)))
        #expect(driver.session.assembledBytes == 256)
        driver.feed(Build.continuation(flags: 0, payload: [1]))
        #expect(driver.session.assembledBytes == 0)
        driver.feed(Build.continuation(flags: 1, payload: [4]))
        #expect(driver.events.last == .notifyTooLarge(streamID: 1, frameID: 1))
        driver.feed(Build.notify(stream: 2))
        #expect(driver.notifies.map(\.streamID) == [2])
    }

    @Test func fragmentsLetGoAreAnsweredAtTheirEnd() {
        var driver = opened()
        driver.feed(Build.notify(flags: 0, payload: [1, 2, 3]))
        driver.session.letGoOfFragments()
        #expect(driver.session.assembledBytes == 0)
        driver.feed(Build.continuation(flags: 0, payload: [4]) + Build.continuation(flags: 1, payload: [5]))
        #expect(driver.events.last == .notifyTooLarge(streamID: 1, frameID: 1))
    }

    @Test func helloIsShort() {
        var driver = SessionDriver()
        driver.feed(
            Build.frame(
                .haproxyHello, payload: Build.helloPayload(versions: String(repeating: "2.0,", count: 1100))))
        #expect(driver.disconnectStatus == .frameTooBig)
    }

    @Test func notifyBetweenFragments() {
        var driver = opened()
        driver.feed(Build.notify(flags: 0) + Build.notify(stream: 2))
        #expect(driver.disconnectStatus == .interlacedFrames)
    }

    @Test("a fragment of another payload", arguments: [(2, 1), (1, 2)] as [(UInt64, UInt64)])
    func foreignFragment(_ stream: UInt64, _ frame: UInt64) {
        var driver = opened()
        driver.feed(Build.notify(flags: 0) + Build.continuation(stream: stream, frame: frame, flags: 1))
        #expect(driver.disconnectStatus == .interlacedFrames)
    }

    @Test func fragmentOfNothing() {
        var driver = opened()
        driver.feed(Build.continuation(flags: 1))
        #expect(driver.disconnectStatus == .frameIDNotFound)
    }

    @Test func fragmentsWithoutTheCapability() {
        var driver = opened(capabilities: [.pipelining])
        driver.feed(Build.notify(flags: 0))
        #expect(driver.disconnectStatus == .fragmentationNotSupported)
    }

    // MARK: the end

    @Test func farewell() {
        var driver = opened()
        let payload =
            Build.pair("status-code", Build.typed(uint32: 2))
            + Build.pair("message", Build.typed(string: "tired"))
        driver.feed(Build.frame(.haproxyDisconnect, payload: payload))
        guard case .finished(.peerDisconnected(let farewell))? = driver.events.last else {
            Issue.record("no farewell in \(driver.events)")
            return
        }
        #expect(farewell.status == .timeout)
        #expect(farewell.message == "tired")
        #expect(driver.disconnectStatus == .normal)
    }

    @Test func nothingIsTakenOrAnsweredAfterTheEnd() {
        var driver = opened()
        driver.feed(Build.continuation(flags: 1))
        let replies = driver.replies
        driver.feed(Build.notify())
        #expect(driver.notifies.isEmpty)
        var more: [UInt8] = []
        let isAcknowledged = driver.session.acknowledge(streamID: 1, frameID: 1, .nothing, replies: &more)
        #expect(!isAcknowledged)
        driver.session.disconnect(.normal, replies: &more)
        #expect(more.isEmpty)
        #expect(driver.replies == replies)
    }
}
