import CLibcurl
import System
import Testing

@testable import Agent

@Suite("Transfers to a name")
final class NameWaitsTests: TransferOwner {
    private let lookUps = LookUps()
    private let loop: EventLoop
    private let transport: CurlTransport
    /// Nobody listens there.
    private var settings: DestinationSettings
    private var underWay: [Transfer] = []
    private var ends: [TransferEnd] = []

    init() throws {
        loop = try EventLoop(backend: nil)
        settings = DestinationSettings(url: try MirrorURL("http://mirror.test:1/"))
        transport = try CurlTransport(
            loop: loop, budget: PassBudget(loop: loop), names: Names(resolver: lookUps.resolver, loop: loop),
            settings: settings)
    }

    @discardableResult
    private func start() throws -> Transfer {
        let copy = try PayloadBuilder.request(PayloadBuilder().bytes, to: settings.url)
        let transfer = try #require(transport.start(copy, for: self, now: MonotonicClock.now))
        underWay.append(transfer)
        return transfer
    }

    /// How it ends, and what is said of it.
    private func end(of count: Int) -> [Outcome] {
        while ends.count < count { loop.run() }
        return ends.map(\.outcome)
    }

    func wasResent(_ transfer: Transfer) {}

    func ended(_ transfer: Transfer, _ end: TransferEnd) {
        ends.append(end)
        loop.stop()
    }

    @Test("wait for its addresses, and then those that come start at once")
    func addresses() throws {
        for _ in 0..<10 { try start() }
        transport.kick()
        #expect(lookUps.started(1) == ["mirror.test"] && ends.isEmpty)
        lookUps.answer("mirror.test", .addresses(["127.0.0.1"]))
        #expect(end(of: 10) == Array(repeating: .failed(.connect), count: 10))
        for _ in 0..<10 { try start() }
        #expect(end(of: 20).allSatisfy { $0 == .failed(.connect) })
        #expect(ends.allSatisfy { $0.detail == "Connection refused" })
        #expect(lookUps.started(1) == ["mirror.test"])
    }

    @Test("fail with it, in a later pass")
    func failure() throws {
        lookUps.answer("mirror.test", .failure("no such name"))
        try start()
        #expect(end(of: 1) == [.failed(.dns)])
        try start()
        transport.kick()
        #expect(ends.count == 1)
        #expect(end(of: 2) == [.failed(.dns), .failed(.dns)])
        #expect(ends.allSatisfy { $0.detail == "no such name" && $0.bytesSent == 0 })
    }

    @Test("wait no longer than for a connection, and no longer than in all", arguments: [true, false])
    func timeout(_ isConnectTimeout: Bool) throws {
        if isConnectTimeout {
            settings.connectTimeout = .milliseconds(20)
        } else {
            settings.timeout = .milliseconds(20)
        }
        transport.apply(settings)
        for _ in 0..<3 { try start() }
        #expect(end(of: 3) == Array(repeating: .failed(.dns), count: 3))
        #expect(ends.allSatisfy { $0.detail?.hasPrefix("Resolving timed out after ") == true })
        lookUps.answer("mirror.test", .failure("too late"))
    }

    @Test("are given up and taken back while they wait")
    func givenUp() throws {
        transport.giveUp(try start(), as: .timeout, because: "a")
        transport.giveUp(try start(), as: .reset, because: "b")
        #expect(ends.map(\.outcome) == [.failed(.dns), .failed(.reset)])
        #expect(transport.takeBack(try start()) != nil)
        try start()
        lookUps.answer("mirror.test", .addresses(["127.0.0.1"]))
        #expect(end(of: 3).last == .failed(.connect))
    }

    @Test("libcurl is told the addresses in its own words")
    func words() throws {
        let list = try #require(ResolveList(["192.0.2.1", "2001:db8::1", "fe80::1%lo"], of: "h.example", 80))
        #expect(String(cString: list.list.pointee.data) == "+h.example:80:192.0.2.1,[2001:db8::1],[fe80::1]")
        #expect(list.zone == 1)
        #expect(list.holds(["192.0.2.1", "2001:db8::1", "fe80::1%lo"], of: "h.example", 80))
        #expect(!list.holds(["192.0.2.1"], of: "h.example", 80))
    }
}
