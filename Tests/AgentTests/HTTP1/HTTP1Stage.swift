import System
import Testing

@testable import Agent

/// One worker's transport with connections of its own, to mirrors that a test plays.
final class HTTP1Stage: TransportClient {
    let loop: EventLoop
    let budget: PassBudget
    let maker = FakeMaker()
    let transport: HTTP1Transport
    private(set) var settings: DestinationSettings
    private var passes: PassWatcher?

    /// What its owner was told of each transfer.
    private(set) var ends: [TransferEnd] = []
    /// The targets of the copies that have ended.
    private(set) var targets: [String] = []
    private(set) var resent = 0
    private(set) var unasked = 0
    private(set) var cutOffs: [String] = []
    private(set) var underWay: [Transfer] = []
    private var isStarting = false
    /// What else is done when a transfer ends.
    var ended: (Transfer) -> Void = { _ in }
    /// What else is done when all connections were shut down.
    var wasCutOff: () -> Void = {}

    init(
        _ url: String = "http://127.0.0.1:1/", workers: Int = 1, ages: HTTP1Rules.Ages = HTTP1Rules.Ages(),
        change: (inout DestinationSettings) -> Void = { _ in },
        lookUp: @escaping @Sendable (String) -> NameAnswer = { _ in .addresses(["192.0.2.1"]) }
    ) throws {
        loop = try EventLoop(backend: nil)
        budget = PassBudget(loop: loop)
        settings = DestinationSettings(url: try MirrorURL(url))
        change(&settings)
        transport = HTTP1Transport(
            loop: loop, queue: SocketQueue(budget: budget), budget: budget, maker: maker,
            names: Names(resolver: Resolver(lookUp: lookUp), loop: loop), workers: workers,
            settings: settings,
            ages: ages)
        transport.client = self
        passes = PassWatcher(loop: loop) { [unowned self] in transport.beginPass() }
    }

    /// Of each transfer, which holds it: the stage holds the transfers.
    private final class Owner: TransferOwner {
        private unowned let stage: HTTP1Stage

        init(stage: HTTP1Stage) { self.stage = stage }

        func wasResent(_ transfer: Transfer) { stage.wasResent(transfer) }
        func ended(_ transfer: Transfer, _ end: TransferEnd) { stage.ended(transfer, end) }
    }

    // A transfer and its connection hold each other.
    deinit { for transfer in underWay { _ = transport.takeBack(transfer) } }

    // MARK: the worker

    /// Other settings from now on.
    func change(_ change: (inout DestinationSettings) throws -> Void) rethrows {
        try change(&settings)
        transport.apply(settings)
    }

    /// A copy for the mirror of the moment.
    func copy(
        _ method: String = "GET", _ target: String = "/", body: String = "", url: MirrorURL? = nil,
        authenticates: Bool = false
    ) -> MirrorRequest {
        let head = "\(method) \(target) HTTP/1.1\r\n"
        let fields = "host: h\r\n"
        let text = "\(head)\(fields)\r\n\(body)"
        let copy = MirrorRequest.make(
            size: text.utf8.count, to: url ?? settings.url,
            arrival: Arrival(id: 1, receivedAt: MonotonicClock.now, bufferSize: 16384))
        copy.withUnsafeMutablePointers { layout, bytes in
            for (index, byte) in text.utf8.enumerated() { bytes[index] = byte }
            layout.pointee.methodEnd = method.utf8.count
            layout.pointee.targetEnd = method.utf8.count + 1 + target.utf8.count
            layout.pointee.fieldsEnd = head.utf8.count + fields.utf8.count
            layout.pointee.bodyEnd = text.utf8.count
            layout.pointee.fieldCount = 1
            layout.pointee.answerHasNoBody = method == "HEAD"
            layout.pointee.mayOpenTunnel = method == "connect"
            layout.pointee.authenticates = authenticates
        }
        return copy
    }

    /// Starts `copy`, with no kick.
    @discardableResult
    func start(_ copy: MirrorRequest) -> Transfer {
        isStarting = true
        defer { isStarting = false }
        guard let transfer = transport.start(copy, for: Owner(stage: self), now: MonotonicClock.now)
        else {
            preconditionFailure("no transfer")
        }
        underWay.append(transfer)
        return transfer
    }

    /// Starts as many copies as there are `targets`.
    @discardableResult
    func send(_ method: String = "GET", _ targets: String..., body: String = "") -> [Transfer] {
        let transfers = targets.map { start(copy(method, $0, body: body)) }
        kick(transfers.count)
        return transfers
    }

    func send(count: Int) {
        for index in 0..<count { start(copy("GET", "/\(index)")) }
        kick(count)
    }

    /// Each makes one connection at least, on a machine of any speed.
    private func kick(_ count: Int) { for _ in 0..<count { transport.kick() } }

    /// One pass of the worker's loop.
    func pass() {
        let timer = TimerWatcher(loop: loop) { [loop] in loop.stop() }
        timer.start(after: 0)
        loop.run()
    }

    /// Passes until it is so, for seconds at most.
    func until(_ condition: () -> Bool, _ location: SourceLocation = #_sourceLocation) {
        let start = MonotonicClock.now
        while !condition(), MonotonicClock.now - start < 10 { pass() }
        #expect(condition(), sourceLocation: location)
    }

    /// Enough passes for all that is left for later.
    func settle() { for _ in 0..<20 { pass() } }

    /// Passes until `count` transfers have ended.
    func end(of count: Int, _ location: SourceLocation = #_sourceLocation) {
        until({ ends.count >= count }, location)
        #expect(ends.count == count, sourceLocation: location)
    }

    // MARK: what it is told

    private func wasResent(_ transfer: Transfer) {
        #expect(!isStarting, "told from inside of start")
        resent += 1
    }

    private func ended(_ transfer: Transfer, _ end: TransferEnd) {
        #expect(!isStarting, "told from inside of start")
        guard let copy = transfer.copy else {
            Issue.record("the copy is gone")
            return
        }
        ends.append(end)
        targets.append(String(decoding: copy.target, as: UTF8.self))
        underWay.removeAll { $0 === transfer }
        ended(transfer)
    }

    /// As `Transport.takeBack` of one that is under way.
    func takeBack(_ transfer: Transfer) -> MirrorRequest? {
        underWay.removeAll { $0 === transfer }
        return transport.takeBack(transfer)
    }

    func mirrorWasCutOff(_ cause: String) {
        cutOffs.append(cause)
        wasCutOff()
    }
    func transportLacks(_ what: String, _ cause: String) {}
    func mirrorSpokeUnasked() { unasked += 1 }

    var outcomes: [Outcome] { ends.map(\.outcome) }
}

extension HTTP1Stage {
    /// One with two connections, of which the first has taken both copies, the second of them under way, and the other came too late.
    static func withLateConnection() throws -> HTTP1Stage {
        let stage = try HTTP1Stage { $0.maxConnecting = 1 }
        stage.maker.isOpen = true
        stage.send("GET", "/0")
        stage.maker.isOpen = false
        stage.send("GET", "/1")
        stage.maker.wires[0].say("H")
        stage.until { stage.maker.wires.count == 2 }
        stage.maker.wires[0].say("TTP/1.1 204 None\r\n\r\n")
        stage.until { stage.maker.wires[0].sends == 2 }
        stage.maker.wires[1].connect()
        return stage
    }
}
